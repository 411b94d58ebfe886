using Temperament.Measures.Metrics;
using Temperament.Studies.Specification;

namespace Temperament.Studies.Running;

/// <summary>All that a study found, as it is read back from its results.</summary>
internal sealed class StudyEvidence
{
    /// <summary>Each model with the hash of its weights, its parameters and its perplexity on held-out neutral answers.</summary>
    public List<(StudyModel Model, string Hash, long Parameters, Perplexity Neutral)> Cards { get; } = [];

    /// <summary>The cells, in the order of the study.</summary>
    public List<CellResult> Cells { get; } = [];

    /// <summary>The probe of each model.</summary>
    public List<(string Model, List<ProbeRecord> Records)> Probes { get; } = [];

    /// <summary>The neuron studies, with the file of each.</summary>
    public List<(CellSpec Cell, string Path)> Neurons { get; } = [];
}
