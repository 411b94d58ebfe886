using Temperament.Measures.Emoji;

namespace Temperament.Studies.Data.Audit;

/// <summary>Answers with too few or too many words, or too many sentences.</summary>
internal sealed class Lengths : IAuditRule
{
    /// <inheritdoc/>
    public IEnumerable<AuditFinding> Check(IReadOnlyList<AuditRow> rows, AuditOptions options)
    {
        foreach (AuditRow row in rows)
        {
            int words = row.Words.Count;
            if (words < options.FewestWords || words > options.MostWords)
            {
                yield return row.Warning("length", $"the answer has {words} words; {options.FewestWords} to {options.MostWords} are expected.");
            }

            int sentences = SentenceSplitter.Split(row.Opinion.Answer).Count;
            if (sentences > options.MostSentences)
            {
                yield return row.Warning("length", $"the answer has {sentences} sentences; at most {options.MostSentences} are expected.");
            }
        }
    }
}
