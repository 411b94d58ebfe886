using System.Text;

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
            string absent = unchanged is null ? "the unchanged model" : RowNames.Method(primary.Method) + " on " + Goal(primary);
            findings.Add(new(FindingVerdict.Caution, $"{model}: there is no row for {absent}, so the main question has no answer."));
            return;
        }

        findings.Add(Primary(index, model, unchanged, rows));
        findings.AddIfAny(Probability(index, unchanged, rows[0]));
        findings.AddIfAny(OtherTraits(index, model, unchanged));
        findings.AddIfAny(Alignment(index, unchanged, rows[0]));
        findings.AddIfAny(Untrained(index, model, rows[0]));
    }

    private static Finding Primary(ReportIndex index, string model, EffectRow unchanged, IReadOnlyList<EffectRow> rows)
    {
        PrimaryEffect primary = index.Data.Primary;
        int direction = index.Direction(rows[0], unchanged);
        StringBuilder text = new();
        string subject = index.Subjects.Skip(1).Any() ? model + ": " : "";
        string opening = direction switch
        {
            > 0 => "made emojis appear",
            < 0 => "made emojis rarer",
            _ => "was not shown to change the use of emojis",
        };
        text.Append($"{subject}{RowNames.Method(primary.Method)} on {Goal(primary)} {opening}: ")
            .Append($"{ReportNumbers.CountAndShare(rows[0].EmojiAnswers)} answers have one, against ")
            .Append($"{ReportNumbers.CountAndShare(unchanged.EmojiAnswers)} of the unchanged model.")
            .Append(' ').Append(Test(index, rows[0], unchanged, "after it", "before it"))
            .Append(Seeds(index, unchanged, rows))
            .Append(TrainingText(index.Data));
        return new(direction > 0 ? FindingVerdict.Found : FindingVerdict.NotFound, text.ToString());
    }

    private static string Goal(PrimaryEffect primary) => RowNames.Target(primary.Trait, primary.Pole);

    /// <summary>The paired test of two rows as a sentence.</summary>
    public static string Test(ReportIndex index, EffectRow a, EffectRow b, string onlyA, string onlyB)
    {
        PairedContrast? contrast = index.Contrast(a, b);
        if (contrast is null)
        {
            return "The study has no paired test of the two.";
        }

        string counts = contrast is { OnlyA: { } first, OnlyB: { } second }
            ? $" of {ReportNumbers.Whole(contrast.Pairs)} questions, {first} got an emoji only {onlyA} and {second} only {onlyB};"
            : "";
        return $"Paired by question the difference is {ReportNumbers.Points(contrast.Difference)};{counts} {PValue(contrast)}.";
    }

    /// <summary>The p of a contrast in words, adjusted if it is.</summary>
    public static string PValue(PairedContrast contrast) => contrast switch
    {
        { AdjustedPValue.HasValue: true } => $"exact McNemar, {ReportNumbers.PStatement(contrast.AdjustedPValue)} after Holm",
        { PValue.HasValue: true } => $"exact McNemar, {ReportNumbers.PStatement(contrast.PValue)}",
        _ => ReportNumbers.PStatement(contrast.PValue),
    };

    private static string Seeds(ReportIndex index, EffectRow unchanged, IReadOnlyList<EffectRow> rows)
    {
        if (rows.Count == 1)
        {
            return " One adapter seed was run, so the spread between seeds is not known.";
        }

        string others = RowNames.List([.. rows.Skip(1).Select(row => $"{ReportNumbers.Count(row.EmojiAnswers)} (seed {row.Seed})")]);
        int above = rows.Count(row => index.Direction(row, unchanged) > 0);
        return $" Further adapter seeds: {others}; {above} of {rows.Count} seeds are above the unchanged model.";
    }

    private static string TrainingText(ReportData data)
    {
        DataSetCard[] training = [.. data.DataSets.Where(set => set.IsTraining)];
        if (training.Length == 0 || training.Any(set => !set.Emojis.HasValue))
        {
            return " Whether the training answers hold emojis was not counted.";
        }

        double emojis = training.Sum(set => set.Emojis.Value!.Value);
        return emojis == 0
            ? " No training answer holds an emoji."
            : $" The training answers hold {ReportNumbers.Whole((long)emojis)} emojis, so the model may have copied them.";
    }

    private static Finding? Probability(ReportIndex index, EffectRow unchanged, EffectRow row)
    {
        if (!row.ExpectedEmojiShare.HasValue || !unchanged.ExpectedEmojiShare.HasValue)
        {
            return null;
        }

        PairedContrast? contrast = index.Contrast(row, unchanged, ContrastMeasure.ExpectedEmojiShare);
        string text = $"By probability instead of by count, the expected share of answers with an emoji is "
            + $"{ReportNumbers.Share(row.ExpectedEmojiShare)} after, {ReportNumbers.Share(unchanged.ExpectedEmojiShare)} before";
        if (contrast is null)
        {
            return new(FindingVerdict.Note, text + ".");
        }

        int direction = index.Direction(contrast);
        string sign = direction switch { > 0 => "a rise", < 0 => "a fall", _ => "no change that could be shown" };
        return new(
            direction > 0 ? FindingVerdict.Found : FindingVerdict.NotFound,
            $"{text}: {sign}, {ReportNumbers.Points(contrast.Difference)}.");
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

        string[] above = [.. others.Where(row => index.Direction(row, unchanged) > 0).Select(Described)];
        string[] rest = [.. others.Where(row => index.Direction(row, unchanged) <= 0).Select(Described)];
        string pole = primary.Pole == ReportPole.Low ? "low" : "high";
        string text = (above.Length, rest.Length) switch
        {
            ( > 0, > 0) => $"Of the other {pole} poles, {RowNames.List(above)} also rose above the unchanged model; {RowNames.List(rest)} did not, as far as could be shown.",
            ( > 0, 0) => $"The other {pole} poles rose above the unchanged model too: {RowNames.List(above)}.",
            _ => $"No other {pole} pole was shown to rise above the unchanged model: {RowNames.List(rest)}.",
        };
        return new(above.Length > 0 ? FindingVerdict.Found : FindingVerdict.NotFound, text);
    }

    private static string Described(EffectRow row) => row.Seed is null
        ? $"{row.Trait} ({ReportNumbers.Count(row.EmojiAnswers)})"
        : $"{row.Trait} ({ReportNumbers.Count(row.EmojiAnswers)}, seed {row.Seed})";

    private static Finding? Alignment(ReportIndex index, EffectRow unchanged, EffectRow row)
    {
        if (!row.TraitAlignment.HasValue)
        {
            return new(FindingVerdict.Caution, $"Whether the trait itself moved is not known: trait alignment is {ReportNumbers.Missing(row.TraitAlignment)}.");
        }

        string classifier = $"The classifier is right on {ReportNumbers.Share(index.Data.Classifier.HeldOutAccuracy)} of held-out text.";
        if (!unchanged.TraitAlignment.HasValue)
        {
            return new(FindingVerdict.Note, $"Trait alignment after tuning is {ReportNumbers.Share(row.TraitAlignment)}; before it, {ReportNumbers.Missing(unchanged.TraitAlignment)}. {classifier}");
        }

        PairedContrast? contrast = index.Contrast(row, unchanged, ContrastMeasure.TraitAlignment);
        int direction = contrast is null
            ? row.TraitAlignment.Low > unchanged.TraitAlignment.High ? 1 : row.TraitAlignment.High < unchanged.TraitAlignment.Low ? -1 : 0
            : index.Direction(contrast);
        string opening = direction switch { > 0 => "The trait moved", < 0 => "The trait moved the wrong way", _ => "The trait was not shown to move" };
        return new(
            direction > 0 ? FindingVerdict.Found : FindingVerdict.NotFound,
            $"{opening}: {ReportNumbers.Share(row.TraitAlignment)} of the answers are classified as {RowNames.Target(row)}, "
            + $"against {ReportNumbers.Share(unchanged.TraitAlignment)} before. {classifier}");
    }

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
            .. rows.Select(row => $"{RowNames.Method(row.Method)} gives an emoji in {ReportNumbers.Count(row.EmojiAnswers)} answers "
                + $"at a trait alignment of {ReportNumbers.Share(row.TraitAlignment)}"),
        ];
        return new(FindingVerdict.Note, $"Without training, for the same target: {RowNames.List(described)}.");
    }

    private static void AddIfAny(this List<Finding> findings, Finding? finding)
    {
        if (finding is not null)
        {
            findings.Add(finding);
        }
    }
}
