using Temperament.Studies.Reports.Sections;

namespace Temperament.Studies.Reports.Findings;

/// <summary>Findings on the claims that were registered beforehand, and on what was not run.</summary>
internal static class HypothesisFindings
{
    private const int Listed = 10;

    /// <summary>Appends one finding for each primary claim, one for all secondary ones, and a caution where something is missing.</summary>
    public static void Write(ReportData data, List<Finding> findings)
    {
        foreach (HypothesisResult h in data.Hypotheses.Where(h => h.IsPrimary))
        {
            if (!h.PValue.HasValue)
            {
                findings.Add(new(FindingVerdict.Caution, $"{h.Claim} Not tested ({h.Name}, {h.Measure}): {h.Difference.MissingReason ?? h.PValue.MissingReason}."));
                continue;
            }

            string unit = h.InNats ? "nats" : "points";
            TableCell difference = HypothesisSection.Difference(h);
            string seeds = h.BySeed.Count == 0 ? "" : $" By adapter seed: {string.Join(", ", h.BySeed.Select(s => HypothesisSection.Signed(s.Difference, h.InNats)))}.";
            findings.Add(new(
                h.Outcome == HypothesisOutcome.Shown ? FindingVerdict.Found : FindingVerdict.NotFound,
                $"{h.Claim} {RowNames.Capitalize(HypothesisSection.Outcome(h.Outcome))} ({h.Name}, {h.Measure}): {difference.Text} {unit}{(difference.Detail.Length > 0 ? " " : "")}{difference.Detail}.",
                $"{h.First} against {h.Second}, {ReportNumbers.Whole(h.Topics)} topics; {ReportNumbers.PStatement(h.AdjustedPValue)} after Holm over the primary claims.{seeds}"));
        }

        HypothesisResult[] secondary = [.. data.Hypotheses.Where(h => !h.IsPrimary)];
        if (secondary.Length > 0)
        {
            string[] outcomes =
            [
                .. Named("shown", secondary, h => h.Outcome == HypothesisOutcome.Shown), .. Named("the opposite was shown", secondary, h => h.Outcome == HypothesisOutcome.Opposite),
                .. Named("not shown", secondary, h => h.Outcome == HypothesisOutcome.NotShown && h.PValue.HasValue), .. Named("not tested", secondary, h => !h.PValue.HasValue),
            ];
            findings.Add(new(FindingVerdict.Note, $"Of the {ReportNumbers.Whole(secondary.Length)} secondary claims, {string.Join("; ", outcomes)}."));
        }

        if (data.Registration is { } card && (card.Finished > 0 || card.Changes.Any(change => change.ChangedHypotheses)))
        {
            findings.Add(new(FindingVerdict.Caution, card.Finished > 0
                ? "The claims were registered after the first results, so their p-values are not those of claims made beforehand."
                : "The claims were changed after the first results; the section on them says when."));
        }

        if (data.NotRun.Count > 0)
        {
            findings.Add(new(FindingVerdict.Caution, $"{ReportNumbers.Whole(data.NotRun.Count)} pieces of the study were not run; their rows are not in this report.",
                string.Join("; ", data.NotRun.Take(Listed)) + (data.NotRun.Count > Listed ? $"; and {ReportNumbers.Whole(data.NotRun.Count - Listed)} more." : ".")));
        }
    }

    private static string[] Named(string outcome, HypothesisResult[] claims, Func<HypothesisResult, bool> which) =>
        claims.Where(which).Select(h => $"“{h.Name}”").ToArray() is [_, ..] names ? [$"{outcome}: {RowNames.List(names)}"] : [];
}
