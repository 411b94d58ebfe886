namespace Temperament.Studies.Data.Audit;

/// <summary>Runs of five words that stand in too many answers, the mark of texts that were filled in from templates.</summary>
internal sealed class CommonPhrases : IAuditRule
{
    private const int Size = 5;
    private const int Reported = 5;

    /// <inheritdoc/>
    public IEnumerable<AuditFinding> Check(IReadOnlyList<AuditRow> rows, AuditOptions options)
    {
        Dictionary<string, (int Count, AuditRow First)> phrases = [];
        foreach (AuditRow row in rows)
        {
            foreach (string phrase in AnswerWords.Grams(row.Words, Size).Distinct())
            {
                phrases[phrase] = phrases.TryGetValue(phrase, out (int Count, AuditRow First) at) ? (at.Count + 1, at.First) : (1, row);
            }
        }

        int most = Math.Max(1, (int)Math.Floor(options.CommonPhrase * rows.Count));
        return phrases.Where(each => each.Value.Count > most)
            .OrderByDescending(each => each.Value.Count).ThenBy(each => each.Key, StringComparer.Ordinal).Take(Reported)
            .Select(each => each.Value.First.Warning("phrase", FormattableString.Invariant(
                $"\"{each.Key}\" stands in {each.Value.Count} of {rows.Count} answers, more than {options.CommonPhrase * 100:0.##} %.")));
    }
}
