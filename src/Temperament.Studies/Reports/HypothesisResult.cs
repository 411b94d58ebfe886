namespace Temperament.Studies.Reports;

/// <summary>How a claim that was written down beforehand came out.</summary>
public enum HypothesisOutcome
{
    /// <summary>The difference points as claimed, and the adjusted p is below the level.</summary>
    Shown,

    /// <summary>The adjusted p is not below the level, or there is none.</summary>
    NotShown,

    /// <summary>The adjusted p is below the level, and the difference points the other way.</summary>
    Opposite,
}

/// <summary>A claim of the study file and what its test came to.</summary>
public sealed record HypothesisResult
{
    /// <summary>Short name.</summary>
    public required string Name { get; init; }

    /// <summary>The claim, as it stands in the study file.</summary>
    public required string Claim { get; init; }

    /// <summary>Whether it belongs to the primary family.</summary>
    public required bool IsPrimary { get; init; }

    /// <summary>What is compared, as in study files.</summary>
    public required string Measure { get; init; }

    /// <summary>Whether differences are in nats; else they are shares.</summary>
    public required bool InNats { get; init; }

    /// <summary>The first side in words.</summary>
    public required string First { get; init; }

    /// <summary>The second side in words.</summary>
    public required string Second { get; init; }

    /// <summary>Whether the first side was claimed to be above the second; else below.</summary>
    public required bool ExpectedAbove { get; init; }

    /// <summary>Number of questions that both sides answered.</summary>
    public required int Questions { get; init; }

    /// <summary>Number of topics, which are drawn as wholes.</summary>
    public required int Topics { get; init; }

    /// <summary>Difference by adapter seed; empty where neither side was trained.</summary>
    public required IReadOnlyList<SeedDifference> BySeed { get; init; }

    /// <summary>First minus second, mean over seeds and questions, with its interval by bootstrap over topics.</summary>
    public required Estimate Difference { get; init; }

    /// <summary>Two-sided p of the sign-flip test over topics, or missing.</summary>
    public required Estimate PValue { get; init; }

    /// <summary>The p after Holm's adjustment within the family, or missing.</summary>
    public Estimate AdjustedPValue { get; init; } = Estimate.Missing("not tested");

    /// <summary>How it came out.</summary>
    public HypothesisOutcome Outcome { get; init; }
}

/// <summary>The difference that one adapter seed shows.</summary>
/// <param name="Seed">The seed.</param>
/// <param name="Difference">First minus second, in the unit of the measure.</param>
public sealed record SeedDifference(long Seed, double Difference);

/// <summary>What was registered before the first result, and whether the study file changed since.</summary>
/// <param name="FileHash">SHA-256 of the study file at the registration.</param>
/// <param name="HypothesesHash">SHA-256 of the hypotheses at the registration.</param>
/// <param name="Finished">Pieces that were finished then; 0 for a registration before the fact.</param>
/// <param name="Changes">Later versions of the file, in their order.</param>
public sealed record RegistrationCard(string FileHash, string HypothesesHash, int Finished, IReadOnlyList<RegistrationChange> Changes);

/// <summary>A study file that was another than the one before.</summary>
/// <param name="FileHash">SHA-256 of the file.</param>
/// <param name="ChangedHypotheses">Whether the hypotheses or their level are others than the registered ones.</param>
/// <param name="Finished">Pieces that were finished when it was first seen.</param>
public sealed record RegistrationChange(string FileHash, bool ChangedHypotheses, int Finished);
