using Temperament.Tensors.Random;

namespace Temperament.Studies.Data.Classification;

/// <summary>Folds of opinions that share no topic, for choices that must not see the test topics.</summary>
internal static class TopicFolds
{
    /// <summary>The fold of each row.</summary>
    /// <param name="opinions">The rows.</param>
    /// <param name="folds">Number of folds.</param>
    /// <param name="seed">Seed of the draw of topics.</param>
    public static int[] Of(IReadOnlyList<Opinion> opinions, int folds, long seed)
    {
        string[] topics = [.. opinions.Select(Key).Distinct().Order(StringComparer.Ordinal)];
        new RandomStream(seed, "opinions/folds").Shuffle<string>(topics);
        Dictionary<string, int> fold = topics.Select((topic, index) => (topic, index)).ToDictionary(each => each.topic, each => each.index % folds);
        return [.. opinions.Select(row => fold[Key(row)])];
    }

    private static string Key(Opinion row) => row.Topic.Trim().ToLowerInvariant();
}
