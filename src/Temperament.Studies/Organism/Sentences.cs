using Temperament.Tensors.Random;

namespace Temperament.Studies.Organism;

/// <summary>How clauses become sentences: joining, capitals and last points; the same for all writers.</summary>
internal static class Sentences
{
    /// <summary>The text with its first letter as a capital.</summary>
    /// <param name="text">At least one character.</param>
    public static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    /// <summary>A neutral sentence: capital and point.</summary>
    /// <param name="clause">A clause without its point.</param>
    public static string Plain(string clause) => Capital(clause) + ".";

    /// <summary>Some of the items, each at most once, in random order.</summary>
    /// <param name="items">The items.</param>
    /// <param name="count">How many; no more than there are.</param>
    /// <param name="stream">Where the choice comes from.</param>
    public static T[] Sample<T>(IReadOnlyList<T> items, int count, RandomStream stream)
    {
        T[] order = [.. items];
        stream.Shuffle<T>(order);
        return order[..count];
    }

    /// <summary>Joins clauses into sentences; no sentence has the same join twice in a row.</summary>
    /// <param name="clauses">The clauses in order.</param>
    /// <param name="share">Chance that a clause joins the one before it.</param>
    /// <param name="joins">What stands between joined clauses.</param>
    /// <param name="stream">Where the choice comes from.</param>
    /// <returns>Sentences without last points.</returns>
    public static List<string> Join(IReadOnlyList<string> clauses, double share, IReadOnlyList<string> joins, RandomStream stream)
    {
        List<string> sentences = [clauses[0]];
        string last = string.Empty;
        foreach (string clause in clauses.Skip(1))
        {
            if (stream.NextDouble() < share)
            {
                last = stream.Choose<string>([.. joins.Where(join => join != last || joins.Count == 1)]);
                sentences[^1] += last + clause;
            }
            else
            {
                last = string.Empty;
                sentences.Add(clause);
            }
        }

        return sentences;
    }
}
