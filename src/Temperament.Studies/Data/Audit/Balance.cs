namespace Temperament.Studies.Data.Audit;

/// <summary>Within one file: targets with unlike numbers of answers, topics that lack a target, question forms used unevenly.</summary>
internal sealed class Balance : IAuditRule
{
    private const double Tolerance = 1.05;
    private const double FormTolerance = 1.5;
    private const int FewestForms = 5;
    private const int TopicsNamed = 3;

    /// <inheritdoc/>
    public IEnumerable<AuditFinding> Check(IReadOnlyList<AuditRow> rows, AuditOptions options) =>
        rows.GroupBy(row => row.Path).SelectMany(file => Targets([.. file]).Concat(Topics([.. file])).Concat(Forms([.. file])));

    /// <summary>The question with its topic cut out: "What do you think of {}?".</summary>
    internal static string FormOf(Opinion opinion) => opinion.Question.Replace(opinion.Topic, "{}", StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<AuditFinding> Targets(AuditRow[] rows)
    {
        (string Name, int Count)[] counts = [.. rows.GroupBy(row => row.Target).Select(each => (each.Key, each.Count())).OrderBy(each => each.Item2)];
        if (counts[^1].Count > Tolerance * counts[0].Count)
        {
            yield return About(rows, $"{counts[^1].Name} has {counts[^1].Count} answers, {counts[0].Name} {counts[0].Count}.");
        }
    }

    private static IEnumerable<AuditFinding> Topics(AuditRow[] rows)
    {
        string[] targets = [.. rows.Select(row => row.Target).Distinct()];
        AuditRow[][] uneven = [.. rows.GroupBy(row => row.TopicKey).Select(each => each.ToArray())
            .Where(each => each.Length != targets.Length || each.Select(row => row.Target).Distinct().Count() != targets.Length)];
        if (uneven.Length > 0)
        {
            string named = string.Join(", ", uneven.Take(TopicsNamed).Select(each => $"\"{each[0].Opinion.Topic}\" ({each.Length}, line {each[0].Line})"));
            yield return About(rows, $"{uneven.Length} topics do not have one answer for each of the {targets.Length} targets: {named}{(uneven.Length > TopicsNamed ? ", …" : "")}.");
        }
    }

    private static IEnumerable<AuditFinding> Forms(AuditRow[] rows)
    {
        (string Form, int Count)[] forms = [.. rows.GroupBy(row => FormOf(row.Opinion)).Select(each => (each.Key, each.Count())).OrderByDescending(each => each.Item2)];
        if (forms.Length >= FewestForms && forms[0].Count > FormTolerance * rows.Length / forms.Length)
        {
            yield return About(rows, $"the question form \"{forms[0].Form}\" has {forms[0].Count} of {rows.Length} rows, with {forms.Length} forms in use.");
        }
    }

    private static AuditFinding About(AuditRow[] rows, string message) => new(AuditSeverity.Warning, "balance", rows[0].Path, 0, message);
}
