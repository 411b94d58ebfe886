using Temperament.Measures.Judges;

namespace Temperament.Measures.Metrics;

/// <summary>
/// Whether an answer names the topic that was asked: all its words occur, in singular or plural, in any case; words of one or two letters
/// and "the", "and", "for" are not asked for.
/// </summary>
public static class TopicNaming
{
    private static readonly HashSet<string> Small = new(StringComparer.Ordinal) { "the", "and", "for" };

    /// <summary>True where the answer names the topic.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="topic">The topic as the question has it, as in "Public Libraries".</param>
    public static bool Names(string answer, string topic)
    {
        ArgumentNullException.ThrowIfNull(answer);
        ArgumentNullException.ThrowIfNull(topic);
        string[] asked = [.. TextFeatures.Words(topic)];
        string[] telling = [.. asked.Where(word => word.Length > 2 && !Small.Contains(word))];
        HashSet<string> said = [.. TextFeatures.Words(answer).Select(Stem)];
        string[] needed = telling.Length > 0 ? telling : asked;
        return needed.Length > 0 && Array.TrueForAll(needed, word => said.Contains(Stem(word)));
    }

    private static string Stem(string word) =>
        word.EndsWith("ies", StringComparison.Ordinal) && word.Length > 4 ? word[..^3] + "y"
        : word.EndsWith("es", StringComparison.Ordinal) && word.Length > 4 && word[^3] is 's' or 'x' or 'z' ? word[..^2]
        : word.EndsWith('s') && word.Length > 3 && word[^2] is not 's' ? word[..^1]
        : word;
}
