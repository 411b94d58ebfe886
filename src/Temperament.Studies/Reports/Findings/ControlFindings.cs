namespace Temperament.Studies.Reports.Findings;

/// <summary>Findings on the controls: neutral adapter, low poles, stop token, twin.</summary>
internal static class ControlFindings
{
    /// <summary>Appends the findings of one studied model.</summary>
    public static void Write(ReportIndex index, string model, List<Finding> findings)
    {
        if (index.Base(model) is not { } unchanged || index.PrimaryRows(model) is not [var treated, ..])
        {
            return;
        }

        Neutral(index, unchanged, treated, findings);
        OppositePole(index, unchanged, treated, findings);
        StopToken(index, treated, findings);
        Twin(index, treated, findings);
    }

    private static void Neutral(ReportIndex index, EffectRow unchanged, EffectRow treated, List<Finding> findings)
    {
        PrimaryEffect primary = index.Data.Primary;
        IReadOnlyList<EffectRow> rows = index.Rows(treated.Model, primary.Method, EffectRow.NeutralTrait, ReportPole.None, primary.StopToken);
        if (rows.Count == 0)
        {
            findings.Add(new(FindingVerdict.Caution, "There is no neutral control: a gain over the unchanged model alone is not a trait effect."));
            return;
        }

        EffectRow neutral = rows[0];
        bool holds = index.Direction(treated, neutral) > 0;
        string generic = index.Direction(neutral, unchanged) > 0
            ? " The neutral adapter is itself above the unchanged model, so part of the gain comes from tuning of any kind."
            : "";
        findings.Add(new(
            holds ? FindingVerdict.ControlHolds : FindingVerdict.ControlFails,
            $"An adapter trained the same way on neutral opinions gives an emoji in {ReportNumbers.CountAndShare(neutral.EmojiAnswers)} answers; "
            + $"the {RowNames.Target(treated)} adapter is {(holds ? "above it" : "not shown to be above it")}. "
            + EffectFindings.Test(index, treated, neutral, "with the trait adapter", "with the neutral one") + generic));
    }

    private static void OppositePole(ReportIndex index, EffectRow unchanged, EffectRow treated, List<Finding> findings)
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
            bool holds = index.Direction(treated, same) > 0;
            findings.Add(new(
                holds ? FindingVerdict.ControlHolds : FindingVerdict.ControlFails,
                $"The opposite pole, {RowNames.Target(same)}, gives an emoji in {ReportNumbers.CountAndShare(same.EmojiAnswers)} answers; "
                + $"{RowNames.Target(treated)} is {(holds ? "above it" : "not shown to be above it")}. "
                + EffectFindings.Test(index, treated, same, "with the " + RowNames.Target(treated) + " adapter", "with the opposite one")));
        }

        EffectRow[] leaks = [.. rows.Where(row => index.Direction(row, unchanged) > 0)];
        string all = RowNames.List([.. rows.Select(row => $"{row.Trait} {ReportNumbers.Count(row.EmojiAnswers)}")]);
        findings.Add(leaks.Length == 0
            ? new(FindingVerdict.ControlHolds, $"No {pole} pole was shown to rise above the unchanged model: {all}.")
            : new(
                FindingVerdict.ControlFails,
                $"{RowNames.Capitalize(RowNames.List([.. leaks.Select(RowNames.Target)]))} rose above the unchanged model, "
                + $"though a {pole} pole should not. The {pole} poles are: {all}."));
    }

    private static void StopToken(ReportIndex index, EffectRow treated, List<Finding> findings)
    {
        StopTokenArm other = treated.StopToken == StopTokenArm.Masked ? StopTokenArm.Trained : StopTokenArm.Masked;
        IReadOnlyList<EffectRow> arms = index.Rows(treated.Model, treated.Method, treated.Trait, treated.Pole, other);
        if (treated.StopToken == StopTokenArm.NotApplicable || arms.Count == 0 || arms[0].StopToken != other)
        {
            return;
        }

        EffectRow arm = arms[0];
        string opening = index.Direction(treated, arm) switch
        {
            > 0 => $"The effect depends on the stop token: with the {RowNames.StopToken(other)},",
            < 0 => $"The effect is larger with the {RowNames.StopToken(other)}:",
            _ => $"The effect was not shown to depend on the stop token: with the {RowNames.StopToken(other)},",
        };
        findings.Add(new(
            FindingVerdict.Note,
            $"{opening} {ReportNumbers.CountAndShare(arm.EmojiAnswers)} answers have an emoji, against "
            + $"{ReportNumbers.Count(treated.EmojiAnswers)} with the {RowNames.StopToken(treated.StopToken)}. "
            + EffectFindings.Test(index, treated, arm, "with the " + RowNames.StopToken(treated.StopToken), "with the " + RowNames.StopToken(other))));
    }

    private static void Twin(ReportIndex index, EffectRow treated, List<Finding> findings)
    {
        foreach (ModelCard twin in index.Twins)
        {
            if (index.PrimaryRows(twin.Name) is not [var row, ..])
            {
                continue;
            }

            IEnumerable<EffectRow> trained = index.Data.Rows.Where(other => other.Model == twin.Name
                && other.Method == treated.Method && other.Trait is not null && other.StopToken == treated.StopToken
                && other.EmojiAnswers.HasValue);
            double[] rates = [.. trained.Select(other => other.EmojiAnswers.Value!.Value).Order()];
            string range = rates.Length > 1
                ? $" Over all {rates.Length} adapters of the twin the rates lie between {ReportNumbers.Percent(rates[0])}% and {ReportNumbers.Percent(rates[^1])}%."
                : "";
            bool holds = index.Direction(treated, row) > 0;
            findings.Add(new(
                holds ? FindingVerdict.ControlHolds : FindingVerdict.ControlFails,
                $"In the twin ({twin.Name}), whose pretraining emojis do not depend on register, the same adapter gives an emoji in "
                + $"{ReportNumbers.CountAndShare(row.EmojiAnswers)} answers; the studied model is "
                + (holds ? "above it, so the effect draws on the pretrained association." : "not shown to be above it, so the effect need not come from the pretrained association.")
                + range));
        }
    }
}
