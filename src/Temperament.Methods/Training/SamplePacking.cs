namespace Temperament.Methods.Training;

/// <summary>
/// Puts samples together so that each pack holds at most so many tokens: longest first, each into the first pack that has room. Samples of
/// a pack never see each other; every sequence attends to itself only.
/// </summary>
public static class SamplePacking
{
    /// <summary>Packs.</summary>
    /// <param name="lengths">Number of tokens of each sample.</param>
    /// <param name="capacity">Tokens of a pack; a longer sample has one of its own.</param>
    /// <returns>Numbers of the samples of each pack, ascending.</returns>
    public static IReadOnlyList<IReadOnlyList<int>> Pack(IReadOnlyList<int> lengths, int capacity)
    {
        ArgumentNullException.ThrowIfNull(lengths);
        var packs = new List<List<int>>();
        var room = new List<int>();
        foreach (int sample in Enumerable.Range(0, lengths.Count).OrderByDescending(i => lengths[i]))
        {
            int pack = room.FindIndex(left => left >= lengths[sample]);
            if (pack < 0)
            {
                pack = packs.Count;
                packs.Add([]);
                room.Add(capacity);
            }

            packs[pack].Add(sample);
            room[pack] -= lengths[sample];
        }

        foreach (List<int> pack in packs)
        {
            pack.Sort();
        }

        return packs;
    }
}
