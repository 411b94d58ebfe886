namespace Temperament.Studies.Data.Audit;

/// <summary>
/// Answers that name a trait instead of showing it: the names of the Big Five and the adjectives made of them, in any form. A classifier
/// learns such a word and nothing else.
/// </summary>
internal sealed class TraitWords : IAuditRule
{
    private static readonly string[] Stems =
    [
        "extravert", "extrovert", "extravers", "extrovers", "introvert", "introvers", "ambivert", "agreeable", "disagreeable", "conscientious",
        "unconscientious", "neurotic", "openness", "open-minded", "closed-minded", "big-five",
    ];

    private static readonly string[] Phrases = ["open to experience", "open minded", "closed minded", "big five", "emotional stability", "personality trait"];

    /// <inheritdoc/>
    public IEnumerable<AuditFinding> Check(IReadOnlyList<AuditRow> rows, AuditOptions options)
    {
        foreach (AuditRow row in rows)
        {
            string? word = row.Words.FirstOrDefault(word => Stems.Any(stem => word.StartsWith(stem, StringComparison.Ordinal)));
            string text = $" {string.Join(' ', row.Words)} ";
            word ??= Phrases.FirstOrDefault(phrase => text.Contains($" {phrase} ", StringComparison.Ordinal));
            if (word is not null)
            {
                yield return row.Error("trait-word", $"the answer says \"{word}\", which names a trait.");
            }
        }
    }
}
