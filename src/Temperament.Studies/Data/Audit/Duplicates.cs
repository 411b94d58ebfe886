namespace Temperament.Studies.Data.Audit;

/// <summary>Ids given twice, and answers that are the same but for case, blanks and punctuation.</summary>
internal sealed class Duplicates : IAuditRule
{
    /// <inheritdoc/>
    public IEnumerable<AuditFinding> Check(IReadOnlyList<AuditRow> rows, AuditOptions options)
    {
        Dictionary<string, AuditRow> answers = [], ids = [];
        foreach (AuditRow row in rows)
        {
            string answer = string.Join(' ', row.Words);
            if (answer.Length > 0 && !answers.TryAdd(answer, row))
            {
                yield return row.Error("duplicate", $"the answer is that of {answers[answer].Place}.");
            }

            if (row.Opinion.Id is { } id && !ids.TryAdd(id, row))
            {
                yield return row.Error("duplicate-id", $"the id \"{CsvTable.Shown(id)}\" is that of {ids[id].Place}.");
            }
        }
    }
}
