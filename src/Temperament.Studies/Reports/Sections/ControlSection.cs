using System.Globalization;
using Temperament.Studies.Reports.Charts;

namespace Temperament.Studies.Reports.Sections;

/// <summary>The controls: one chart of the effect beside what it must differ from, and the paired tests.</summary>
internal static class ControlSection
{
    /// <summary>Composes the section.</summary>
    public static ReportSection Compose(ReportIndex index)
    {
        List<ReportBlock> blocks = [];
        foreach (ModelCard subject in index.Subjects)
        {
            AddChart(index, subject.Name, blocks);
        }

        if (index.Data.Contrasts.Count > 0)
        {
            blocks.Add(Contrasts(index));
        }

        return new("controls", "Controls and tests", blocks);
    }

    private static void AddChart(ReportIndex index, string model, List<ReportBlock> blocks)
    {
        PrimaryEffect primary = index.Data.Primary;
        if (index.PrimaryRows(model) is not { Count: > 0 } treated)
        {
            return;
        }

        ReportPole opposite = primary.Pole == ReportPole.High ? ReportPole.Low : ReportPole.High;
        StopTokenArm otherArm = primary.StopToken == StopTokenArm.Masked ? StopTokenArm.Trained : StopTokenArm.Masked;
        List<DotRow> rows = [];
        Add(RowNames.Capitalize(RowNames.Target(treated[0])), treated, 0);
        Add("Unchanged model", index.Base(model) is { } unchanged ? [unchanged] : [], 1);
        Add("Neutral opinions", index.Rows(model, primary.Method, EffectRow.NeutralTrait, ReportPole.None, primary.StopToken), 1);
        Add(RowNames.Capitalize(RowNames.Target(primary.Trait, opposite)), index.Rows(model, primary.Method, primary.Trait, opposite, primary.StopToken), 1);
        Add(
            RowNames.Capitalize(RowNames.StopToken(otherArm)),
            [.. index.Rows(model, primary.Method, primary.Trait, primary.Pole, otherArm).Where(row => row.StopToken == otherArm)],
            1);
        foreach (ModelCard twin in index.Twins)
        {
            Add($"{RowNames.Capitalize(twin.Name)}, {RowNames.Target(treated[0])}", index.PrimaryRows(twin.Name), 1);
        }

        if (rows.Count < 2)
        {
            return;
        }

        blocks.Add(new FigureBlock(
            "The effect and what it is compared with: answers with an emoji, with 95% Wilson intervals. Several dots in a row are adapter seeds.",
            [new DotChart
            {
                Title = "The effect and its controls",
                Description = string.Join("; ", rows.Select(row => $"{row.Group}: {string.Join(", ", row.Dots.Select(dot => ReportNumbers.Share(dot.Value)))}")) + ".",
                Series = ["Effect", "Control"],
                Rows = rows,
                Axis = "Answers with an emoji",
            }],
            []));

        void Add(string name, IReadOnlyList<EffectRow> found, int series)
        {
            if (found.Count > 0)
            {
                rows.Add(new(name, "", [.. found.Select(row => new Dot(series, row.EmojiAnswers, found.Count > 1 && row.Seed is { } seed ? $"seed {ReportNumbers.Whole(seed)}" : ""))]));
            }
        }
    }

    private static TableBlock Contrasts(ReportIndex index) => new(
        "Comparisons paired by question. Difference is A minus B in points with its 95% interval, which draws whole topics where several questions are about one; p is the exact McNemar test, Holm is p adjusted for all tests of the report; "
        + $"A counts as above or below B where Holm is under {index.Data.Primary.SignificanceLevel.ToString("0.####", CultureInfo.InvariantCulture)}; where no p is given, where the interval leaves out 0.",
        [
            new("A against B", false), new("Pairs"), new("Only A"), new("Only B"), new("Difference"), new("p"), new("Holm"), new("A is", false),
        ],
        [.. index.Data.Contrasts.Select(contrast => Line(index, contrast))]);

    private static TableRow Line(ReportIndex index, PairedContrast contrast)
    {
        string measure = contrast.Measure switch
        {
            ContrastMeasure.ExpectedEmojiShare => "Expected share of answers with an emoji",
            ContrastMeasure.TraitAlignment => "Trait alignment",
            _ => "Answers with an emoji",
        };
        string shown = index.Direction(contrast) switch { > 0 => "above", < 0 => "below", _ => "not shown" };
        return new(
            measure,
            [
                new(index.Name(index.Row(contrast.A)), "against " + index.Name(index.Row(contrast.B))),
                new(ReportNumbers.Whole(contrast.Pairs)),
                new(contrast.OnlyA is { } onlyA ? ReportNumbers.Whole(onlyA) : "–"),
                new(contrast.OnlyB is { } onlyB ? ReportNumbers.Whole(onlyB) : "–"),
                contrast.Difference.Value is { } difference
                    ? new((difference > 0 ? "+" : "") + ReportNumbers.Percent(difference), ReportNumbers.PercentInterval(contrast.Difference).Trim())
                    : TableCell.Share(contrast.Difference),
                P(contrast.PValue),
                P(contrast.AdjustedPValue),
                new(shown),
            ]);
    }

    private static TableCell P(Estimate p) => p.HasValue ? new(ReportNumbers.P(p)) : new("missing", $"({p.MissingReason})");
}
