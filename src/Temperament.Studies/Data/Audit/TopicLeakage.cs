namespace Temperament.Studies.Data.Audit;

/// <summary>Topics that two files share. Each file is taken for one part of a split; results on a topic that was trained on say nothing.</summary>
internal sealed class TopicLeakage : IAuditRule
{
    /// <inheritdoc/>
    public IEnumerable<AuditFinding> Check(IReadOnlyList<AuditRow> rows, AuditOptions options)
    {
        Dictionary<string, AuditRow> topics = [];
        HashSet<(string Path, string Topic)> told = [];
        foreach (AuditRow row in rows)
        {
            if (!topics.TryAdd(row.TopicKey, row) && topics[row.TopicKey].Path != row.Path && told.Add((row.Path, row.TopicKey)))
            {
                yield return row.Error("leakage", $"the topic \"{CsvTable.Shown(row.Opinion.Topic)}\" is in {topics[row.TopicKey].Place} too.");
            }
        }
    }
}
