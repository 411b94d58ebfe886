namespace Temperament.Measures.Statistics;

/// <summary>How yes-or-no outcomes of the same cases came out under two conditions.</summary>
/// <param name="Both">Pairs with yes in both, a.</param>
/// <param name="OnlyFirst">Pairs with yes in the first only, b.</param>
/// <param name="OnlySecond">Pairs with yes in the second only, c.</param>
/// <param name="Neither">Pairs with no in both, d.</param>
public readonly record struct PairedOutcomes(int Both, int OnlyFirst, int OnlySecond, int Neither)
{
    /// <summary>Number of pairs.</summary>
    public int Pairs => Both + OnlyFirst + OnlySecond + Neither;

    /// <summary>Counts the pairs of two lists in the same order of cases.</summary>
    /// <param name="first">Outcomes under the first condition.</param>
    /// <param name="second">Outcomes under the second condition.</param>
    /// <exception cref="ArgumentException">The lists differ in length.</exception>
    public static PairedOutcomes Of(IReadOnlyList<bool> first, IReadOnlyList<bool> second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        if (first.Count != second.Count)
        {
            throw new ArgumentException($"Pairs need lists of one length; the first has {first.Count}, the second {second.Count}.", nameof(second));
        }

        Span<int> counts = stackalloc int[4];
        for (int i = 0; i < first.Count; i++)
        {
            counts[(first[i] ? 0 : 2) + (second[i] ? 0 : 1)]++;
        }

        return new PairedOutcomes(counts[0], counts[1], counts[2], counts[3]);
    }
}
