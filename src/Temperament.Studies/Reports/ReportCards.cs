namespace Temperament.Studies.Reports;

/// <summary>What a model is for in a study.</summary>
public enum ModelRole
{
    /// <summary>The model that is studied.</summary>
    Subject,

    /// <summary>A control: a twin of the subject whose pretraining emojis are independent of register.</summary>
    Twin,
}

/// <summary>A model of the study.</summary>
public sealed record ModelCard
{
    /// <summary>The name that rows refer to.</summary>
    public required string Name { get; init; }

    /// <summary>What the model is for.</summary>
    public ModelRole Role { get; init; }

    /// <summary>One sentence on what the model is.</summary>
    public string Description { get; init; } = "";

    /// <summary>What a reader must know before any number of this model, printed at the top of the report; or null.</summary>
    public string? Caution { get; init; }

    /// <summary>The hash of the weights (sha256, hexadecimal).</summary>
    public required string Hash { get; init; }

    /// <summary>The number of parameters.</summary>
    public required long Parameters { get; init; }

    /// <summary>The perplexity of held-out text.</summary>
    public required Estimate HeldOutPerplexity { get; init; }
}

/// <summary>A data set of the study.</summary>
/// <param name="Name">The name.</param>
/// <param name="Use">What it was used for: "training", "questions", "classifier" and so on.</param>
/// <param name="Rows">The number of rows.</param>
/// <param name="Emojis">The number of emojis found in the text, or missing.</param>
/// <param name="Hash">The hash of the file or of the generator's seed and text.</param>
/// <param name="IsTraining">Whether adapters were trained on it; findings count its emojis.</param>
public sealed record DataSetCard(string Name, string Use, int Rows, Estimate Emojis, string Hash, bool IsTraining);

/// <summary>The classifier that trait alignment rests on.</summary>
/// <param name="Name">What it is, in a few words.</param>
/// <param name="Classes">The number of classes.</param>
/// <param name="HeldOutAccuracy">Its accuracy on held-out text with its interval.</param>
public sealed record ClassifierCard(string Name, int Classes, Estimate HeldOutAccuracy);

/// <summary>A way to ask and to draw besides the study's own.</summary>
/// <param name="Name">The name that rows refer to.</param>
/// <param name="Questions">The number of questions asked.</param>
/// <param name="Decoding">How answers are drawn, and what the user says, in words.</param>
public sealed record GenerationCard(string Name, int Questions, string Decoding);
