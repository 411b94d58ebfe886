namespace Temperament.Studies.Reports;

/// <summary>
/// All that a report is made of. It holds measured values only: the findings, tables and charts are computed from it, so the same
/// data give the same report.
/// </summary>
public sealed record ReportData
{
    /// <summary>The name of the study, as in its file.</summary>
    public required string StudyName { get; init; }

    /// <summary>The question of the study in one sentence; it becomes the title.</summary>
    public required string Question { get; init; }

    /// <summary>The effect that the study was made for; findings begin with it.</summary>
    public required PrimaryEffect Primary { get; init; }

    /// <summary>The build and the machine.</summary>
    public required ReportEnvironment Environment { get; init; }

    /// <summary>The models, the studied ones first.</summary>
    public required IReadOnlyList<ModelCard> Models { get; init; }

    /// <summary>The data sets that were used, training sets with the number of emojis found in them.</summary>
    public IReadOnlyList<DataSetCard> DataSets { get; init; } = [];

    /// <summary>The trait classifier behind every trait alignment.</summary>
    public required ClassifierCard Classifier { get; init; }

    /// <summary>One row per reported cell, in the order of the table.</summary>
    public required IReadOnlyList<EffectRow> Rows { get; init; }

    /// <summary>Rows of other recipes, training steps and ways to ask; the findings on the primary effect do not look at them.</summary>
    public IReadOnlyList<EffectRow> Variants { get; init; } = [];

    /// <summary>The further ways to ask that variants name.</summary>
    public IReadOnlyList<GenerationCard> Generations { get; init; } = [];

    /// <summary>The claims that were written down beforehand, and how they came out.</summary>
    public IReadOnlyList<HypothesisResult> Hypotheses { get; init; } = [];

    /// <summary>What was registered before the first result; null where nothing was.</summary>
    public RegistrationCard? Registration { get; init; }

    /// <summary>Pieces that the study asks for and that were not run when the report was made.</summary>
    public IReadOnlyList<string> NotRun { get; init; } = [];

    /// <summary>Comparisons of two rows, paired by question.</summary>
    public IReadOnlyList<PairedContrast> Contrasts { get; init; } = [];

    /// <summary>The adapter seeds of each model, target and stop token arm together.</summary>
    public IReadOnlyList<ArmRow> Arms { get; init; } = [];

    /// <summary>Whether the emojis go by register, by model and stop token arm; empty where the rates of registers are not known.</summary>
    public IReadOnlyList<SelectivityRow> Selectivity { get; init; } = [];

    /// <summary>The latent probe of the untuned models.</summary>
    public IReadOnlyList<LatentProbeRow> Probe { get; init; } = [];

    /// <summary>The most frequent emojis of some rows.</summary>
    public IReadOnlyList<EmojiTally> TopEmojis { get; init; } = [];

    /// <summary>Answers of several rows to the same question.</summary>
    public IReadOnlyList<AnswerComparison> Answers { get; init; } = [];

    /// <summary>How the shown answers were chosen, as a sentence; a reader must know that they were not picked for effect.</summary>
    public string AnswerSelection { get; init; } = "";

    /// <summary>The neuron studies, one per adapter that was looked into.</summary>
    public IReadOnlyList<NeuronStudy> Neurons { get; init; } = [];

    /// <summary>Training curves, one per adapter shown.</summary>
    public IReadOnlyList<TrainingCurve> Curves { get; init; } = [];

    /// <summary>How the study was done: one paragraph each.</summary>
    public IReadOnlyList<string> Methods { get; init; } = [];

    /// <summary>What the study cannot say: one sentence or two each.</summary>
    public required IReadOnlyList<string> Limits { get; init; }

    /// <summary>Where each number comes from.</summary>
    public required ReportProvenance Provenance { get; init; }

    /// <summary>Whether the answers were sampled greedily or not, and how: printed under the table.</summary>
    public string Decoding { get; init; } = "";
}

/// <summary>The effect that a study was made for.</summary>
/// <param name="Method">The method, as in <see cref="EffectRow.Method"/>.</param>
/// <param name="Trait">The trait, as in <see cref="EffectRow.Trait"/>.</param>
/// <param name="Pole">The pole.</param>
/// <param name="StopToken">The stop token arm that counts as the main one.</param>
/// <param name="SignificanceLevel">A contrast counts as shown below this adjusted p.</param>
public sealed record PrimaryEffect(
    string Method,
    string Trait,
    ReportPole Pole,
    StopTokenArm StopToken,
    double SignificanceLevel = 0.05);

/// <summary>The build that made the numbers and the machine that it ran on.</summary>
public sealed record ReportEnvironment
{
    /// <summary>The version of Temperament.</summary>
    public required string Version { get; init; }

    /// <summary>The commit of the build, or "unknown".</summary>
    public required string Commit { get; init; }

    /// <summary>Whether tracked files of the working tree of the build had changes.</summary>
    public bool Dirty { get; init; }

    /// <summary>The processor and memory, in words. Not part of report.md.</summary>
    public string Machine { get; init; } = "";

    /// <summary>The widest instruction set in use. Not part of report.md.</summary>
    public string InstructionSet { get; init; } = "";

    /// <summary>The number of threads. Not part of report.md: it changes no number.</summary>
    public int Threads { get; init; }

    /// <summary>The wall time of the study; null where earlier runs had done parts of it. Not part of report.md.</summary>
    public TimeSpan? WallTime { get; init; }
}

/// <summary>Where the numbers come from.</summary>
public sealed record ReportProvenance
{
    /// <summary>The hash of the study file.</summary>
    public required string StudyHash { get; init; }

    /// <summary>Every cell that is reported.</summary>
    public IReadOnlyList<CellRecord> Cells { get; init; } = [];

    /// <summary>How the settings were chosen, as one paragraph.</summary>
    public string Selection { get; init; } = "";

    /// <summary>Adapter seeds with which the settings were chosen.</summary>
    public IReadOnlyList<long> SelectionSeeds { get; init; } = [];
}

/// <summary>One cell of a study.</summary>
/// <param name="Hash">The key of the cell.</param>
/// <param name="Label">What the cell is, in words.</param>
/// <param name="Seed">The seed of the cell, or null.</param>
/// <param name="Row">The id of the row that the cell fills, or null.</param>
public sealed record CellRecord(string Hash, string Label, long? Seed, string? Row = null);
