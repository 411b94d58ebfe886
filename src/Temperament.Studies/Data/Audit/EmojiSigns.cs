using Temperament.Measures.Emoji;

namespace Temperament.Studies.Data.Audit;

/// <summary>
/// Emoji (UTS #51), emoticons and kaomoji in any column. A single one in the training text makes "no training text has an emoji" untrue.
/// </summary>
internal sealed class EmojiSigns : IAuditRule
{
    /// <inheritdoc/>
    public IEnumerable<AuditFinding> Check(IReadOnlyList<AuditRow> rows, AuditOptions options)
    {
        foreach (AuditRow row in rows)
        {
            foreach ((string column, string text) in new[] { ("topic", row.Opinion.Topic), ("question", row.Opinion.Question), ("answer", row.Opinion.Answer) })
            {
                string[] emoji = [.. EmojiScanner.Scan(text).Where(match => match.IsEmoji).Select(match => match.Text)];
                if (emoji.Length > 0)
                {
                    yield return row.Error("emoji", $"the {column} has {string.Join(' ', emoji)}.");
                }

                foreach (EmoticonMatch match in EmoticonScanner.Scan(text))
                {
                    yield return row.Error("emoticon", $"the {column} has \"{match.Text}\".");
                }
            }
        }
    }
}
