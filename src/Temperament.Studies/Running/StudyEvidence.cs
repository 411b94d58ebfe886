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

    /// <summary>What the study file said when results were made, the first registration first; empty without a file.</summary>
    public List<Registration> Registrations { get; } = [];

    /// <summary>Pieces that the study asks for and that are not done.</summary>
    public List<string> NotRun { get; } = [];

    /// <summary>The neuron studies, with the file of each.</summary>
    public List<(CellSpec Cell, string Path)> Neurons { get; } = [];
}
