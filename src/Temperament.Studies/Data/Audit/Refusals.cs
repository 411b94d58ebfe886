namespace Temperament.Studies.Data.Audit;

/// <summary>Answers in which a model declines, or speaks of itself as a model.</summary>
internal sealed class Refusals : IAuditRule
{
    private static readonly string[] Phrases =
    [
        "as an ai", "as a language model", "as a large language model", "an ai language model", "i'm an ai", "i am an ai", "i'm just an ai", "as a chatbot",
        "i don't have personal opinions", "i do not have personal opinions", "i don't have opinions", "i do not have opinions", "i don't have feelings",
        "i do not have feelings", "i don't have personal", "i do not have personal", "i'm sorry but i can't", "i'm sorry but i cannot", "i am sorry but i cannot",
        "i cannot fulfill", "i can't fulfill", "i cannot assist", "i can't assist", "i can't help with", "i cannot help with", "i cannot provide", "i can't provide",
        "i'm not able to provide", "i'm unable to", "i am unable to",
    ];

    /// <inheritdoc/>
    public IEnumerable<AuditFinding> Check(IReadOnlyList<AuditRow> rows, AuditOptions options)
    {
        foreach (AuditRow row in rows)
        {
            string text = $" {string.Join(' ', row.Words)} ";
            if (Phrases.FirstOrDefault(phrase => text.Contains($" {phrase} ", StringComparison.Ordinal)) is { } phrase)
            {
                yield return row.Error("refusal", $"the answer says \"{phrase}\": a model that declines or speaks of itself.");
            }
        }
    }
}
