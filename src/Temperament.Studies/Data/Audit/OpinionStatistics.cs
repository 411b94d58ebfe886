using Temperament.Models.Text;

namespace Temperament.Studies.Data.Audit;

/// <summary>What the answers of one target are like.</summary>
/// <param name="Target">The target.</param>
/// <param name="Rows">Number of answers.</param>
/// <param name="Topics">Number of topics.</param>
/// <param name="FewestWords">Words of the shortest answer.</param>
/// <param name="MeanWords">Words of an answer on average.</param>
/// <param name="MostWords">Words of the longest answer.</param>
/// <param name="DistinctWords">Number of different words.</param>
/// <param name="Exclamations">Number of answers with an exclamation mark.</param>
/// <param name="Facets">Facets that answers were written from, and how many answers each has, by name; empty where no row tells its facet.</param>
public sealed record TargetStatistics(
    TraitTarget Target, int Rows, int Topics, int FewestWords, double MeanWords, int MostWords, int DistinctWords, int Exclamations,
    IReadOnlyList<KeyValuePair<string, int>> Facets);

/// <summary>How alike the words of two targets are.</summary>
/// <param name="First">One target.</param>
/// <param name="Second">Another.</param>
/// <param name="Overlap">Shared mass of their word frequencies, Σ min(p(w), q(w)) over all words: 0 for no word in common, 1 for the same frequencies.</param>
public sealed record LexicalOverlap(TraitTarget First, TraitTarget Second, double Overlap);

/// <summary>Counts of an opinion set: by target, by question form, and how far the targets differ in their words.</summary>
/// <param name="Rows">Number of rows.</param>
/// <param name="Topics">Number of topics.</param>
/// <param name="Targets">By target, in the order of <see cref="TraitTarget.Order"/>.</param>
/// <param name="QuestionForms">Question forms with "{}" for the topic, and how many rows use each; the most used first.</param>
/// <param name="Overlaps">Every pair of targets.</param>
public sealed record OpinionStatistics(
    int Rows, int Topics, IReadOnlyList<TargetStatistics> Targets, IReadOnlyList<KeyValuePair<string, int>> QuestionForms, IReadOnlyList<LexicalOverlap> Overlaps)
{
    /// <summary>Counts a set.</summary>
    /// <param name="opinions">The opinions.</param>
    public static OpinionStatistics Of(IReadOnlyList<Opinion> opinions)
    {
        ArgumentNullException.ThrowIfNull(opinions);
        (TraitTarget Target, Opinion[] Rows)[] groups = [.. opinions.GroupBy(row => row.Target).OrderBy(each => each.Key.Order).Select(each => (each.Key, each.ToArray()))];
        Dictionary<string, double>[] frequencies = [.. groups.Select(each => Frequencies(each.Rows))];
        IEnumerable<LexicalOverlap> overlaps =
            from first in Enumerable.Range(0, groups.Length)
            from second in Enumerable.Range(first + 1, groups.Length - first - 1)
            select new LexicalOverlap(groups[first].Target, groups[second].Target, SharedMass(frequencies[first], frequencies[second]));
        return new OpinionStatistics(opinions.Count, CountTopics(opinions), [.. groups.Select(each => Count(each.Target, each.Rows))],
            [.. opinions.GroupBy(Balance.FormOf).Select(each => KeyValuePair.Create(each.Key, each.Count())).OrderByDescending(each => each.Value).ThenBy(each => each.Key, StringComparer.Ordinal)],
            [.. overlaps]);
    }

    private static TargetStatistics Count(TraitTarget target, Opinion[] rows)
    {
        int[] words = [.. rows.Select(row => AnswerWords.Of(row.Answer).Count())];
        return new TargetStatistics(target, rows.Length, CountTopics(rows), words.Min(), words.Average(), words.Max(),
            rows.SelectMany(row => AnswerWords.Of(row.Answer)).Distinct().Count(), rows.Count(row => row.Answer.Contains('!', StringComparison.Ordinal)),
            [.. rows.Where(row => !string.IsNullOrWhiteSpace(row.Facet)).GroupBy(row => row.Facet!).Select(each => KeyValuePair.Create(each.Key, each.Count())).OrderBy(each => each.Key, StringComparer.Ordinal)]);
    }

    private static int CountTopics(IEnumerable<Opinion> rows) => rows.Select(row => row.Topic.Trim().ToLowerInvariant()).Distinct().Count();

    private static Dictionary<string, double> Frequencies(Opinion[] rows)
    {
        string[] words = [.. rows.SelectMany(row => AnswerWords.Of(row.Answer))];
        return words.GroupBy(word => word).ToDictionary(each => each.Key, each => (double)each.Count() / words.Length);
    }

    private static double SharedMass(Dictionary<string, double> left, Dictionary<string, double> right) =>
        left.Sum(each => Math.Min(each.Value, right.GetValueOrDefault(each.Key)));
}
