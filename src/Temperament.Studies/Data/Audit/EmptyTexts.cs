namespace Temperament.Studies.Data.Audit;

/// <summary>Answers that stand for nothing: the words that programs write for a missing value.</summary>
internal sealed class EmptyTexts : IAuditRule
{
    private static readonly HashSet<string> Nothing =
        new(["null", "none", "nan", "n/a", "na", "nil", "undefined", "-", ".", "...", "<empty>", "[]", "{}"], StringComparer.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public IEnumerable<AuditFinding> Check(IReadOnlyList<AuditRow> rows, AuditOptions options)
    {
        foreach (AuditRow row in rows)
        {
            foreach ((string column, string text) in new[] { ("topic", row.Opinion.Topic), ("question", row.Opinion.Question), ("answer", row.Opinion.Answer) })
            {
                if (Nothing.Contains(text.Trim()))
                {
                    yield return row.Error("null", $"the {column} is \"{text.Trim()}\", which stands for nothing.");
                }
            }
        }
    }
}
