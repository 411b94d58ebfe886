using Temperament.Tensors.Random;

namespace Temperament.Studies.Data;

/// <summary>Opinions in three parts that share no topic.</summary>
/// <param name="Train">What methods are fitted to.</param>
/// <param name="Validation">Where settings are chosen.</param>
/// <param name="Test">What results are reported on.</param>
public sealed record OpinionSplit(OpinionSet Train, OpinionSet Validation, OpinionSet Test)
{
    /// <summary>
    /// Splits by topic. Which part a topic falls in goes by the seed and the set of topics, not by the order of the rows; case and blanks
    /// around a topic do not matter.
    /// </summary>
    /// <param name="opinions">The opinions; each part keeps their order.</param>
    /// <param name="validation">Share of the topics for validation.</param>
    /// <param name="test">Share of the topics for test; with the first at most 1. A share above 0 gets at least one topic.</param>
    /// <param name="seed">Seed of the draw.</param>
    public static OpinionSplit ByTopic(IReadOnlyList<Opinion> opinions, double validation, double test, long seed)
    {
        ArgumentNullException.ThrowIfNull(opinions);
        ArgumentOutOfRangeException.ThrowIfNegative(validation);
        ArgumentOutOfRangeException.ThrowIfNegative(test);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(validation + test, 1);
        string[] topics = [.. opinions.Select(row => Key(row.Topic)).Distinct().Order(StringComparer.Ordinal)];
        new RandomStream(seed, "opinions/split").Shuffle<string>(topics);
        int tested = Share(test, topics.Length), validated = Math.Min(Share(validation, topics.Length), topics.Length - tested);
        HashSet<string> testTopics = [.. topics[..tested]], validationTopics = [.. topics[tested..(tested + validated)]];
        return new OpinionSplit(
            new OpinionSet([.. opinions.Where(row => !testTopics.Contains(Key(row.Topic)) && !validationTopics.Contains(Key(row.Topic)))]),
            new OpinionSet([.. opinions.Where(row => validationTopics.Contains(Key(row.Topic)))]),
            new OpinionSet([.. opinions.Where(row => testTopics.Contains(Key(row.Topic)))]));
    }

    /// <summary>Topics that both sides have; case and blanks around a topic do not matter.</summary>
    /// <param name="left">Topics of one part.</param>
    /// <param name="right">Topics of another.</param>
    /// <returns>The shared topics in alphabetical order, as the left side writes them.</returns>
    public static IReadOnlyList<string> SharedTopics(IEnumerable<string> left, IEnumerable<string> right)
    {
        HashSet<string> known = [.. right.Select(Key)];
        return [.. left.Where(topic => known.Contains(Key(topic))).DistinctBy(Key).Order(StringComparer.Ordinal)];
    }

    private static int Share(double share, int count) => share <= 0 || count == 0 ? 0 : Math.Max(1, (int)Math.Round(share * count));

    private static string Key(string topic) => topic.Trim().ToLowerInvariant();
}
