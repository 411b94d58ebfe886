using System.Globalization;

namespace Temperament.Studies.Reports.Sections;

/// <summary>The claims that were registered beforehand, each with its test.</summary>
internal static class HypothesisSection
{
    /// <summary>Composes the section.</summary>
    public static ReportSection Compose(ReportIndex index)
    {
        IReadOnlyList<HypothesisResult> hypotheses = index.Data.Hypotheses;
        if (hypotheses.Count == 0)
        {
            return new("hypotheses", "What was claimed beforehand", []);
        }

        string level = index.Data.Primary.SignificanceLevel.ToString("0.####", CultureInfo.InvariantCulture);
        return new(
            "hypotheses",
            "What was claimed beforehand",
            [
                new ProseBlock(Registered(index.Data.Registration)),
                new TableBlock(
                    "Difference is the first side minus the second, mean over questions and adapter seeds, with its 95% bootstrap interval over topics: points for shares, "
                    + "nats for logarithms. p is two-sided, from flipping the signs of whole topics; Holm is p adjusted within the family. "
                    + $"A claim is shown where Holm is under {level} and the difference points as claimed.",
                    [new("Claim", false), new("Topics"), new("Difference"), new("By seed", false), new("p"), new("Holm"), new("Outcome", false)],
                    [.. hypotheses.OrderBy(h => !h.IsPrimary).Select(Line)]),
            ]);
    }

    /// <summary>A difference of a hypothesis: signed, in points or nats, with its interval.</summary>
    public static TableCell Difference(HypothesisResult hypothesis) => hypothesis.Difference switch
    {
        { Value: { } value, Low: { } low, High: { } high } => new(
            Signed(value, hypothesis.InNats), $"[{Signed(low, hypothesis.InNats)},\u00A0{Signed(high, hypothesis.InNats)}]"),
        { MissingReason: { } reason } => new("missing", $"({reason})"),
        _ => new(Signed(hypothesis.Difference.Value!.Value, hypothesis.InNats)),
    };

    /// <summary>A signed number with two decimals: points for a share, else nats.</summary>
    public static string Signed(double value, bool inNats) => (inNats ? value : 100 * value).ToString("+0.00;−0.00;0.00", CultureInfo.InvariantCulture);

    /// <summary>The outcome in words.</summary>
    public static string Outcome(HypothesisOutcome outcome) => outcome switch
    {
        HypothesisOutcome.Shown => "shown",
        HypothesisOutcome.Opposite => "the opposite was shown",
        _ => "not shown",
    };

    private static TableRow Line(HypothesisResult h) => new(
        h.IsPrimary ? "Primary" : "Secondary",
        [
            new(h.Name, $"{h.Measure}: {h.First} {(h.ExpectedAbove ? "above" : "below")} {h.Second}"),
            new(ReportNumbers.Whole(h.Topics)),
            Difference(h),
            new(h.BySeed.Count == 0 ? "–" : string.Join(", ", h.BySeed.Select(s => Signed(s.Difference, h.InNats)))),
            P(h.PValue),
            P(h.AdjustedPValue),
            new(h.PValue.HasValue ? Outcome(h.Outcome) : "not tested"),
        ],
        h.IsPrimary && h.Outcome == HypothesisOutcome.Shown);

    private static TableCell P(Estimate p) => p.HasValue ? new(ReportNumbers.P(p)) : new("missing", $"({p.MissingReason})");

    private static string Registered(RegistrationCard? card)
    {
        if (card is null)
        {
            return "The claims were not registered: the study has no file.";
        }

        string first = card.Finished == 0
            ? $"The claims and their tests were registered before the first result of this run (study file {Short(card.FileHash)}, hypotheses {Short(card.HypothesesHash)})."
            : $"The study file was registered when {ReportNumbers.Whole(card.Finished)} pieces were already finished (study file {Short(card.FileHash)}, hypotheses "
                + $"{Short(card.HypothesesHash)}), so these claims were not made beforehand.";
        return card.Changes.Count == 0
            ? first + " The file is unchanged since. What was seen of earlier runs stands under Provenance."
            : first + " " + string.Join(" ", card.Changes.Select(change =>
                $"After {ReportNumbers.Whole(change.Finished)} finished pieces the file was another one ({Short(change.FileHash)}); "
                + (change.ChangedHypotheses ? "its hypotheses were changed after the fact." : "its hypotheses were the registered ones.")));
    }

    private static string Short(string hash) => MethodSection.ShortHash(hash);
}
