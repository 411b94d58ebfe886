namespace Temperament.Studies.Reports.Findings;

/// <summary>Findings on what else tuning changed: topic, perplexity, endings, missing answers.</summary>
internal static class SideEffectFindings
{
    private const double CoherentShare = 0.5;

    /// <summary>Appends the findings of one studied model.</summary>
    public static void Write(ReportIndex index, string model, List<Finding> findings)
    {
        if (index.Base(model) is { } unchanged && index.PrimaryRows(model) is [var treated, ..])
        {
            Coherence(unchanged, treated, findings);
        }

        Missing(index, model, findings);
    }

    private static void Coherence(EffectRow unchanged, EffectRow treated, List<Finding> findings)
    {
        List<string> changes = [];
        if (treated.TopicNamed.HasValue)
        {
            changes.Add($"{ReportNumbers.Share(treated.TopicNamed)} of the answers name the topic asked about (before: {ReportNumbers.Share(unchanged.TopicNamed)})");
        }

        if (treated.NeutralPerplexity.HasValue)
        {
            changes.Add($"the perplexity of held-out neutral text is {ReportNumbers.Decimal(treated.NeutralPerplexity, 2)} (before: {ReportNumbers.Decimal(unchanged.NeutralPerplexity, 2)})");
        }

        if (treated.Stopped.HasValue)
        {
            changes.Add($"{ReportNumbers.Share(treated.Stopped)} end by themselves (before: {ReportNumbers.Share(unchanged.Stopped)})");
        }

        if (changes.Count == 0)
        {
            return;
        }

        bool incoherent = treated.TopicNamed.Value < CoherentShare;
        string warning = incoherent ? " Fewer than half of the answers keep to their topic, so the text itself is damaged." : "";
        findings.Add(new(
            incoherent ? FindingVerdict.Caution : FindingVerdict.Note,
            $"What else changed under {RowNames.Target(treated)}: {RowNames.List(changes)}.{warning}"));
    }

    private static void Missing(ReportIndex index, string model, List<Finding> findings)
    {
        EffectRow[] rows = [.. index.Data.Rows.Where(row => row.Model == model)];
        long asked = rows.Sum(row => (long)row.Asked);
        long missing = rows.Sum(row => (long)row.MissingAnswers);
        if (missing == 0)
        {
            return;
        }

        EffectRow worst = rows.MaxBy(row => row.Asked == 0 ? 0 : row.MissingAnswers / (double)row.Asked)!;
        findings.Add(new(
            FindingVerdict.Caution,
            $"{ReportNumbers.Whole(missing)} of {ReportNumbers.Whole(asked)} answers of {model} are missing and in no share; "
            + $"most in {index.Name(worst)} ({ReportNumbers.Whole(worst.MissingAnswers)} of {ReportNumbers.Whole(worst.Asked)})."));
    }
}
