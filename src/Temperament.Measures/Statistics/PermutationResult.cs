namespace Temperament.Measures.Statistics;

/// <summary>Result of a permutation test.</summary>
/// <param name="Estimate">Observed mean difference, first minus second.</param>
/// <param name="P">Two-sided: share of arrangements whose difference is at least as far from 0.</param>
/// <param name="PGreater">Share of arrangements whose difference is at least as large.</param>
/// <param name="PLess">Share of arrangements whose difference is at most as large.</param>
/// <param name="Exact">True where all arrangements were counted, false where some were drawn.</param>
public readonly record struct PermutationResult(double Estimate, double P, double PGreater, double PLess, bool Exact);
