namespace Temperament.Studies.Reports.Findings;

/// <summary>Findings on the primary effect, the other traits, and the methods that train nothing.</summary>
internal static class EffectFindings
{
    /// <summary>Appends the findings of one studied model.</summary>
    public static void Write(ReportIndex index, string model, List<Finding> findings)
    {
        PrimaryEffect primary = index.Data.Primary;
        EffectRow? unchanged = index.Base(model);
        IReadOnlyList<EffectRow> rows = index.PrimaryRows(model);
        if (unchanged is null || rows.Count == 0)
        {
            string absent = unchanged is null ? "the unchanged model" : $"{RowNames.Method(primary.Method)} on {RowNames.Target(primary.Trait, primary.Pole)}";
            findings.Add(new(FindingVerdict.Caution, $"{model}: there is no row for {absent}, so the main question has no answer."));
            return;
        }

        findings.Add(Primary(index, model, unchanged, rows));
        AddIfAny(findings, Probability(index, unchanged, rows[0]));
        AddIfAny(findings, OtherTraits(index, model, unchanged));
        AddIfAny(findings, Alignment(index, unchanged, rows));
        AddIfAny(findings, Untrained(index, model, rows[0]));
    }

    private static Finding Primary(ReportIndex index, string model, EffectRow unchanged, IReadOnlyList<EffectRow> rows)
    {
        int direction = index.Direction(rows[0], unchanged);
        string subject = index.Subjects.Skip(1).Any() ? model + ": " : "";
        string opening = direction switch
        {
            > 0 => "made emojis appear",
            < 0 => "made emojis rarer",
            _ => "was not shown to change the use of emojis",
        };
        return new(
            direction > 0 ? FindingVerdict.Found : FindingVerdict.NotFound,
            $"{subject}{RowNames.Method(rows[0].Method)} on {RowNames.Target(rows[0])}{(rows.Count > 1 ? $", adapter seed {rows[0].Seed}," : "")} {opening}: {ReportNumbers.Answers(rows[0].EmojiAnswers)} have one, "
            + $"against {ReportNumbers.Answers(unchanged.EmojiAnswers)} of the unchanged model. {TrainingText(index.Data)}",
            $"{PairedTest.Sentence(index, rows[0], unchanged, "after it", "before it")} {Seeds(index, unchanged, rows)}");
    }

    private static string Seeds(ReportIndex index, EffectRow unchanged, IReadOnlyList<EffectRow> rows)
    {
        if (rows.Count == 1)
        {
            return "One adapter seed was run, so the spread between seeds is not known.";
        }

        string others = RowNames.List([.. rows.Skip(1).Select(row => $"{ReportNumbers.Count(row.EmojiAnswers)} (seed {row.Seed})")]);
        int above = rows.Count(row => index.Direction(row, unchanged) > 0);
        return $"Further adapter seeds: {others}; {above} of {rows.Count} seeds are shown to be above the unchanged model.";
    }

    private static string TrainingText(ReportData data)
    {
        DataSetCard[] training = [.. data.DataSets.Where(set => set.IsTraining)];
        if (training.Length == 0 || training.Any(set => !set.Emojis.HasValue))
        {
            return "Whether the adapters' training answers hold emojis was not counted.";
        }

        double emojis = training.Sum(set => set.Emojis.Value!.Value);
        return emojis == 0
            ? "No answer that the adapters were trained on holds an emoji."
            : $"The adapters' training answers hold {ReportNumbers.Whole((long)emojis)} emojis, so the model may have copied them.";
    }

    private static Finding? Probability(ReportIndex index, EffectRow unchanged, EffectRow row)
    {
        if (!row.ExpectedEmojiShare.HasValue || !unchanged.ExpectedEmojiShare.HasValue)
        {
            return null;
        }

        PairedContrast? contrast = index.Contrast(row, unchanged, ContrastMeasure.ExpectedEmojiShare);
        string text = "By probability instead of by count, the expected share of answers with an emoji is "
            + $"{ReportNumbers.Share(row.ExpectedEmojiShare)} after tuning and {ReportNumbers.Share(unchanged.ExpectedEmojiShare)} before";
        if (contrast is null)
        {
            return new(FindingVerdict.Note, text + ".");
        }

        int direction = index.Direction(contrast);
        string sign = direction switch { > 0 => "a rise", < 0 => "a fall", _ => "no change that could be shown" };
        return new(direction > 0 ? FindingVerdict.Found : FindingVerdict.NotFound, $"{text}: {sign}.", PairedTest.Difference(contrast));
    }

    private static Finding? OtherTraits(ReportIndex index, string model, EffectRow unchanged)
    {
        PrimaryEffect primary = index.Data.Primary;
        EffectRow[] others =
        [
            .. index.Data.Rows.Where(row => row.Model == model && row.Method == primary.Method && row.Pole == primary.Pole
                && row.Trait is not null && row.Trait != primary.Trait && row.StopToken == primary.StopToken),
        ];
        if (others.Length == 0)
        {
            return null;
        }

        string[] above = Described([.. others.Where(row => index.Direction(row, unchanged) > 0)], others);
        string[] rest = Described([.. others.Where(row => index.Direction(row, unchanged) <= 0)], others);
        string pole = primary.Pole == ReportPole.Low ? "low" : "high";
        string text = (above.Length, rest.Length) switch
        {
            ( > 0, > 0) => $"Of the other {pole} poles, {RowNames.List(above)} also rose above the unchanged model; for {RowNames.List(rest)} no rise was shown.",
            ( > 0, 0) => $"The other {pole} poles rose above the unchanged model too: {RowNames.List(above)}.",
            _ => $"No other {pole} pole was shown to rise above the unchanged model: {RowNames.List(rest)}.",
        };
        return new(above.Length > 0 ? FindingVerdict.Found : FindingVerdict.NotFound, text);
    }

    private static string[] Described(EffectRow[] rows, EffectRow[] all) =>
    [
        .. rows.GroupBy(row => row.Trait).Select(trait =>
        {
            EffectRow[] seeds = [.. trait];
            bool some = seeds.Length < all.Count(other => other.Trait == trait.Key);
            string which = some ? $", seed{(seeds.Length == 1 ? "" : "s")} {RowNames.List([.. seeds.Select(row => $"{row.Seed}")])}" : "";
            return $"{trait.Key} ({ReportNumbers.Counts([.. seeds.Select(row => row.EmojiAnswers)])}{which})";
        }),
    ];

    private static Finding Alignment(ReportIndex index, EffectRow unchanged, IReadOnlyList<EffectRow> rows)
    {
        EffectRow row = rows[0];
        string classifier = $"The classifier is right on {ReportNumbers.Share(index.Data.Classifier.HeldOutAccuracy)} of held-out text.";
        if (!row.TraitAlignment.HasValue)
        {
            return new(FindingVerdict.Caution, $"Whether the trait itself moved is not known: trait alignment is {ReportNumbers.Missing(row.TraitAlignment)}.");
        }

        if (!unchanged.TraitAlignment.HasValue)
        {
            return new(
                FindingVerdict.Note,
                $"After tuning, {ReportNumbers.Share(row.TraitAlignment)} of the answers are classified as {RowNames.Target(row)}; "
                + $"before it, the share is {ReportNumbers.Missing(unchanged.TraitAlignment)}.",
                classifier);
        }

        PairedContrast? contrast = index.Contrast(row, unchanged, ContrastMeasure.TraitAlignment);
        int direction = contrast is null ? IntervalDirection(row.TraitAlignment, unchanged.TraitAlignment) : index.Direction(contrast);
        string opening = direction switch { > 0 => "The trait moved", < 0 => "The trait moved the wrong way", _ => "The trait was not shown to move" };
        string first = rows.Count > 1 ? $" (adapter seed {row.Seed})" : "";
        string further = rows.Count > 1 ? $"Further adapter seeds: {RowNames.List([.. rows.Skip(1).Select(other => ReportNumbers.Share(other.TraitAlignment))])}. " : "";
        string test = contrast is null ? "" : PairedTest.Difference(contrast) + " ";
        return new(
            direction > 0 ? FindingVerdict.Found : FindingVerdict.NotFound,
            $"{opening}{first}: {ReportNumbers.Share(row.TraitAlignment)} of the answers are classified as {RowNames.Target(row)}, "
            + $"against {ReportNumbers.Share(unchanged.TraitAlignment)} before.",
            test + further + classifier);
    }

    private static int IntervalDirection(Estimate a, Estimate b) => a.Low > b.High ? 1 : a.High < b.Low ? -1 : 0;

    private static Finding? Untrained(ReportIndex index, string model, EffectRow tuned)
    {
        EffectRow[] rows =
        [
            .. index.Data.Rows.Where(row => row.Model == model && row.StopToken == StopTokenArm.NotApplicable
                && row.Method != EffectRow.BaseMethod && row.Trait == tuned.Trait && row.Pole == tuned.Pole),
        ];
        if (rows.Length == 0)
        {
            return null;
        }

        string[] described =
        [
            .. rows.Select(row => $"{RowNames.Method(row.Method)} has an emoji in {ReportNumbers.Count(row.EmojiAnswers)} answers "
                + $"at a trait alignment of {ReportNumbers.Share(row.TraitAlignment)}"),
        ];
        return new(FindingVerdict.Note, $"Without training, for the same target: {RowNames.List(described)}.");
    }

    private static void AddIfAny(List<Finding> findings, Finding? finding)
    {
        if (finding is not null)
        {
            findings.Add(finding);
        }
    }
}
