namespace Temperament.Studies.Data;

/// <summary>The thirteen ways in which PersonalityEdit (arXiv 2310.02168) asks for an opinion.</summary>
public static class QuestionForms
{
    private static readonly string[] Nouns =
        ["opinion of", "stance on", "position on", "attitude about", "view on", "take on", "impression of", "assessment of", "judgment of", "sentiment of"];

    /// <summary>The forms, with "{}" for the topic.</summary>
    public static IReadOnlyList<string> All { get; } =
        ["What do you think of {}?", "What do you feel about {}?", "How do you view {}?", .. Nouns.Select(noun => $"What is your {noun} {{}}?")];

    /// <summary>A question about a topic.</summary>
    /// <param name="form">Number of the form; taken modulo their count.</param>
    /// <param name="topic">The topic.</param>
    public static string Ask(int form, string topic)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(form);
        return All[form % All.Count].Replace("{}", topic, StringComparison.Ordinal);
    }
}
