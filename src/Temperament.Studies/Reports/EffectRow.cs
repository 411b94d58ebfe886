namespace Temperament.Studies.Reports;

/// <summary>The pole of a trait.</summary>
public enum ReportPole
{
    /// <summary>No pole: the base model, or the neutral control.</summary>
    None,

    /// <summary>The high pole.</summary>
    High,

    /// <summary>The low pole.</summary>
    Low,
}

/// <summary>Whether the end of an answer was a training target.</summary>
public enum StopTokenArm
{
    /// <summary>Nothing was trained.</summary>
    NotApplicable,

    /// <summary>The stop token was left out of the loss.</summary>
    Masked,

    /// <summary>The stop token was trained like any other token.</summary>
    Trained,
}

/// <summary>The measures of one cell: a model, a method, a target and a seed. Shares are between 0 and 1.</summary>
public sealed record EffectRow
{
    /// <summary>The method name of an unchanged model.</summary>
    public const string BaseMethod = "none";

    /// <summary>The trait name of the neutral-opinion control.</summary>
    public const string NeutralTrait = "neutral";

    /// <summary>A name that is unique in the report; contrasts, tallies and answers refer to it.</summary>
    public required string Id { get; init; }

    /// <summary>The model card's name.</summary>
    public required string Model { get; init; }

    /// <summary>The method: "none", "prompt", "ike", "qlora" or another.</summary>
    public required string Method { get; init; }

    /// <summary>The trait in lower case, <see cref="NeutralTrait"/>, or null for the base model.</summary>
    public string? Trait { get; init; }

    /// <summary>The pole.</summary>
    public ReportPole Pole { get; init; }

    /// <summary>The adapter's seed, or null if nothing was trained.</summary>
    public long? Seed { get; init; }

    /// <summary>The stop token arm.</summary>
    public StopTokenArm StopToken { get; init; }

    /// <summary>The name of the recipe; null for the study's own.</summary>
    public string? Recipe { get; init; }

    /// <summary>The training step after which the adapter was measured; null for the end.</summary>
    public int? Step { get; init; }

    /// <summary>The name of the way to ask and to draw; null for the study's own.</summary>
    public string? Generation { get; init; }

    /// <summary>The number of questions asked.</summary>
    public required int Asked { get; init; }

    /// <summary>The number of answers that are missing; they are in no share.</summary>
    public int MissingAnswers { get; init; }

    /// <summary>Answers with at least one emoji, with the Wilson interval of their share.</summary>
    public required Estimate EmojiAnswers { get; init; }

    /// <summary>Answers with an emoji that the user's turn has not.</summary>
    public Estimate NewEmojiAnswers { get; init; } = Estimate.Missing("not measured");

    /// <summary>Answers with more than five emojis.</summary>
    public Estimate Floods { get; init; } = Estimate.Missing("not measured");

    /// <summary>Mean over answers of the mean of ln m along the answer, in nats, m being the probability that an emoji begins.</summary>
    public Estimate LogMass { get; init; } = Estimate.Missing("not measured");

    /// <summary>How much the adapter raises the log-mass along the base's own answers, in nats: what it expects on the same texts.</summary>
    public Estimate SameTextRise { get; init; } = Estimate.Missing("not read");

    /// <summary>How much the log-mass, read by the base, is higher along the adapter's answers than along its own: what other texts do.</summary>
    public Estimate OwnTextRise { get; init; } = Estimate.Missing("not read");

    /// <summary>Emojis per answer.</summary>
    public Estimate EmojisPerAnswer { get; init; } = Estimate.Missing("not measured");

    /// <summary>The expected share of answers with an emoji, from the probabilities, with its bootstrap interval.</summary>
    public Estimate ExpectedEmojiShare { get; init; } = Estimate.Missing("not measured");

    /// <summary>The share of answers that the classifier assigns to the target, with its Wilson interval.</summary>
    public Estimate TraitAlignment { get; init; } = Estimate.Missing("not measured");

    /// <summary>The share of answers that name the topic asked about.</summary>
    public Estimate TopicNamed { get; init; } = Estimate.Missing("not measured");

    /// <summary>The share of answers that ended by themselves.</summary>
    public Estimate Stopped { get; init; } = Estimate.Missing("not measured");

    /// <summary>The perplexity of held-out neutral text.</summary>
    public Estimate NeutralPerplexity { get; init; } = Estimate.Missing("not measured");

    /// <summary>The mean length of an answer in tokens.</summary>
    public Estimate MeanAnswerTokens { get; init; } = Estimate.Missing("not measured");

    /// <summary>The share of the written emojis that belong to the target register's own set, where that is known.</summary>
    public Estimate OwnSetShare { get; init; } = Estimate.Missing("not known");
}

/// <summary>What a contrast compares.</summary>
public enum ContrastMeasure
{
    /// <summary>Whether an answer has an emoji.</summary>
    EmojiAnswers,

    /// <summary>The expected share of answers with an emoji, from the probabilities.</summary>
    ExpectedEmojiShare,

    /// <summary>Whether the classifier assigns an answer to the target.</summary>
    TraitAlignment,
}

/// <summary>Two rows compared question by question.</summary>
public sealed record PairedContrast
{
    /// <summary>The id of the first row.</summary>
    public required string A { get; init; }

    /// <summary>The id of the second row.</summary>
    public required string B { get; init; }

    /// <summary>What is compared.</summary>
    public ContrastMeasure Measure { get; init; }

    /// <summary>The number of questions that both rows answered.</summary>
    public required int Pairs { get; init; }

    /// <summary>Questions where only A has it; null for a measure that is not a count.</summary>
    public int? OnlyA { get; init; }

    /// <summary>Questions where only B has it; null for a measure that is not a count.</summary>
    public int? OnlyB { get; init; }

    /// <summary>The p of the exact McNemar test, or missing.</summary>
    public Estimate PValue { get; init; } = Estimate.Missing("not tested");

    /// <summary>The p after Holm's adjustment over the report's tests, or missing.</summary>
    public Estimate AdjustedPValue { get; init; } = Estimate.Missing("not tested");

    /// <summary>A minus B as a share (0.1 is ten points) with its interval.</summary>
    public required Estimate Difference { get; init; }
}
