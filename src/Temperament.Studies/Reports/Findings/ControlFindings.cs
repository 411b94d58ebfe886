namespace Temperament.Studies.Reports.Findings;

/// <summary>
/// Findings on the controls: neutral adapter, low poles, stop token, twin. A control is judged by written emojis if they show the
/// effect, else by the expected share if that does, and by nothing if there is no effect to tell apart.
/// </summary>
internal static class ControlFindings
{
    /// <summary>Appends the findings of one studied model.</summary>
    public static void Write(ReportIndex index, string model, List<Finding> findings)
    {
        if (index.Base(model) is not { } unchanged || index.PrimaryRows(model) is not [var treated, ..])
        {
            return;
        }

        ContrastMeasure? measure = ShownBy(index, treated, unchanged);
        Neutral(index, unchanged, treated, measure, findings);
        OppositePole(index, unchanged, treated, measure, findings);
        StopToken(index, treated, findings);
        Twin(index, treated, measure, findings);
    }

    /// <summary>By which measure the effect is shown, or null if by none.</summary>
    private static ContrastMeasure? ShownBy(ReportIndex index, EffectRow treated, EffectRow unchanged) =>
        index.Direction(treated, unchanged) > 0
            ? ContrastMeasure.EmojiAnswers
            : index.Contrast(treated, unchanged, ContrastMeasure.ExpectedEmojiShare) is { } contrast && index.Direction(contrast) > 0
                ? ContrastMeasure.ExpectedEmojiShare
                : null;

    private static Verdict Judge(ReportIndex index, EffectRow treated, EffectRow control, ContrastMeasure? measure)
    {
        if (measure is null)
        {
            return new(FindingVerdict.Note, "there is no effect to tell apart from it");
        }

        if (measure == ContrastMeasure.EmojiAnswers)
        {
            return index.Direction(treated, control) > 0
                ? new(FindingVerdict.ControlHolds, "the effect is above it")
                : new(FindingVerdict.ControlFails, "the effect is not shown to be above it");
        }

        PairedContrast? contrast = index.Contrast(treated, control, ContrastMeasure.ExpectedEmojiShare);
        return contrast is null
            ? new(FindingVerdict.Caution, "the effect, which only probabilities show, was not compared with it")
            : index.Direction(contrast) > 0
                ? new(FindingVerdict.ControlHolds, $"by probability the effect is above it, {ReportNumbers.Points(contrast.Difference)}")
                : new(FindingVerdict.ControlFails, $"by probability the effect is not shown to be above it, {ReportNumbers.Points(contrast.Difference)}");
    }

    private static void Neutral(ReportIndex index, EffectRow unchanged, EffectRow treated, ContrastMeasure? measure, List<Finding> findings)
    {
        PrimaryEffect primary = index.Data.Primary;
        if (index.Rows(treated.Model, primary.Method, EffectRow.NeutralTrait, ReportPole.None, primary.StopToken) is not [var neutral, ..])
        {
            findings.Add(new(FindingVerdict.Caution, "There is no neutral control: a gain over the unchanged model alone is not a trait effect."));
            return;
        }

        Verdict verdict = Judge(index, treated, neutral, measure);
        string generic = index.SeemsAbove(neutral, unchanged)
            ? " The neutral adapter is itself above the unchanged model, so part of the gain comes from tuning of any kind."
            : "";
        findings.Add(new(
            verdict.Kind,
            $"An adapter trained the same way on neutral opinions has an emoji in {ReportNumbers.Answers(neutral.EmojiAnswers)}; {verdict.Text}.{generic}",
            PairedTest.Sentence(index, treated, neutral, "with the trait adapter", "with the neutral one")));
    }

    private static void OppositePole(ReportIndex index, EffectRow unchanged, EffectRow treated, ContrastMeasure? measure, List<Finding> findings)
    {
        PrimaryEffect primary = index.Data.Primary;
        ReportPole opposite = primary.Pole == ReportPole.High ? ReportPole.Low : ReportPole.High;
        string pole = opposite == ReportPole.Low ? "low" : "high";
        EffectRow[] rows =
        [
            .. index.Data.Rows.Where(row => row.Model == treated.Model && row.Method == primary.Method && row.Pole == opposite
                && row.StopToken == primary.StopToken),
        ];
        if (rows.Length == 0)
        {
            findings.Add(new(FindingVerdict.Caution, $"No {pole} pole was run as a control."));
            return;
        }

        if (rows.FirstOrDefault(row => row.Trait == primary.Trait) is { } same)
        {
            Verdict verdict = Judge(index, treated, same, measure);
            findings.Add(new(
                verdict.Kind,
                $"The opposite pole, {RowNames.Target(same)}, has an emoji in {ReportNumbers.Answers(same.EmojiAnswers)}; {verdict.Text}.",
                PairedTest.Sentence(index, treated, same, $"with the {RowNames.Target(treated)} adapter", "with the opposite one")));
        }

        EffectRow[] leaks = [.. rows.Where(row => index.SeemsAbove(row, unchanged))];
        string all = RowNames.List([.. rows.GroupBy(row => row.Trait).Select(trait => $"{trait.Key} ({ReportNumbers.Counts([.. trait.Select(row => row.EmojiAnswers)])})")]);
        EffectRow[] rises = [.. rows.Where(row => index.Contrast(row, unchanged, ContrastMeasure.ExpectedEmojiShare) is { Difference.Low: > 0 })];
        findings.Add(leaks.Length == 0 && rises.MaxBy(row => row.ExpectedEmojiShare.Value) is { } most
            ? new(
                FindingVerdict.Caution,
                $"In written emojis no {pole} pole seems to rise above the unchanged model: {all}. By probability {ReportNumbers.Whole(rises.Length)} of {ReportNumbers.Whole(rows.Length)} adapters do: "
                + $"the expected share of answers with an emoji goes up to {ReportNumbers.Share(most.ExpectedEmojiShare)} ({RowNames.Target(most)}), from {ReportNumbers.Share(unchanged.ExpectedEmojiShare)}.",
                "Written emojis are judged before adjustment, at p < 0.05; probabilities by whether the interval of the paired difference lies above 0.")
            : leaks.Length == 0
            ? new(FindingVerdict.ControlHolds, $"No {pole} pole seems to rise above the unchanged model: {all}.", "Judged before adjustment, at p < 0.05.")
            : new(
                FindingVerdict.ControlFails,
                $"{RowNames.Capitalize(RowNames.List([.. leaks.Select(RowNames.Target)]))} seem{(leaks.Length == 1 ? "s" : "")} to rise above the unchanged model, "
                + $"though a {pole} pole should not. The {pole} poles are: {all}.",
                "A control is doubted sooner than an effect is believed: judged before adjustment, at p < 0.05."));
    }

    private static void StopToken(ReportIndex index, EffectRow treated, List<Finding> findings)
    {
        StopTokenArm other = treated.StopToken == StopTokenArm.Masked ? StopTokenArm.Trained : StopTokenArm.Masked;
        IReadOnlyList<EffectRow> arms = index.Rows(treated.Model, treated.Method, treated.Trait, treated.Pole, other);
        if (treated.StopToken == StopTokenArm.NotApplicable || arms.FirstOrDefault(row => row.StopToken == other) is not { } arm)
        {
            return;
        }

        string opening = index.Direction(treated, arm) switch
        {
            > 0 => "The stop token decides how large the effect is",
            < 0 => "The effect is larger in the other stop token arm",
            _ => "The stop token was not shown to change how many answers hold an emoji",
        };
        findings.Add(new(
            FindingVerdict.Note,
            $"{opening}: with the {RowNames.StopToken(other)}, {ReportNumbers.Answers(arm.EmojiAnswers)} have an emoji, against "
            + $"{ReportNumbers.Count(treated.EmojiAnswers)} with the {RowNames.StopToken(treated.StopToken)}.",
            PairedTest.Sentence(index, treated, arm, "with the " + RowNames.StopToken(treated.StopToken), "with the " + RowNames.StopToken(other))));
    }

    private static void Twin(ReportIndex index, EffectRow treated, ContrastMeasure? measure, List<Finding> findings)
    {
        foreach (ModelCard twin in index.Twins)
        {
            if (index.PrimaryRows(twin.Name) is not [var row, ..])
            {
                continue;
            }

            Verdict verdict = Judge(index, treated, row, measure);
            string meaning = verdict.Kind switch
            {
                FindingVerdict.ControlHolds => ", as it should be if it draws on the pretrained association",
                FindingVerdict.ControlFails => ", so this comparison alone does not show that the effect needs an association between register and emojis",
                _ => "",
            };
            findings.Add(new(
                verdict.Kind,
                $"In the control model {twin.Name}, pretrained without an association of emojis and register, the same tuning has an emoji in "
                + $"{ReportNumbers.Answers(row.EmojiAnswers)}; {verdict.Text}{meaning}.",
                Range(index, row, twin.Name)));
        }
    }

    private static string Range(ReportIndex index, EffectRow row, string model)
    {
        double[] rates =
        [
            .. index.Data.Rows.Where(other => other.Model == row.Model && other.Method == row.Method && other.Trait is not null
                && other.StopToken == row.StopToken && other.EmojiAnswers.HasValue).Select(other => other.EmojiAnswers.Value!.Value).Order(),
        ];
        return rates.Length > 1
            ? $"Over all {rates.Length} adapters of {model} the share lies between {ReportNumbers.Percent(rates[0])}% and {ReportNumbers.Percent(rates[^1])}%."
            : "";
    }

    private sealed record Verdict(FindingVerdict Kind, string Text);
}
