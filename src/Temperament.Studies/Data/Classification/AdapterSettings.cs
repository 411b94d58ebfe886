namespace Temperament.Studies.Data.Classification;

/// <summary>How a classifier's adapter is trained.</summary>
public sealed record AdapterSettings
{
    /// <summary>Rank of the branches, on every linear layer of the blocks that are used.</summary>
    public int Rank { get; init; } = 16;

    /// <summary>The branches are multiplied by alpha / rank.</summary>
    public double Alpha { get; init; } = 32;

    /// <summary>Share of the branches' inputs that is dropped in training.</summary>
    public double Dropout { get; init; } = 0.1;

    /// <summary>Answers of a step.</summary>
    public int BatchSize { get; init; } = 16;

    /// <summary>Passes over the training answers at most; how many is chosen on the validation topics.</summary>
    public int Epochs { get; init; } = 3;

    /// <summary>Largest learning rates to choose from on the validation topics.</summary>
    public IReadOnlyList<double> Rates { get; init; } = [1e-3, 3e-4];

    /// <summary>AdamW's decay.</summary>
    public double WeightDecay { get; init; } = 0.01;

    /// <summary>Weight of half the sum of squares where the head begins: a logistic regression on the frozen states.</summary>
    public double HeadPenalty { get; init; } = 1e-1;

    /// <summary>The validation topics are one part of so many of the training topics.</summary>
    public int ValidationPart { get; init; } = 5;

    /// <summary>Seed of the adapter, of the order of the answers, of dropout and of the draw of topics.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Steps between two checkpoints.</summary>
    public int SaveEvery { get; init; } = 20;
}
