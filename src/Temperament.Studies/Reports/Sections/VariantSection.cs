using Temperament.Studies.Reports.Charts;

namespace Temperament.Studies.Reports.Sections;

/// <summary>The rows beside the study's own: by training step, with other recipes, and asked in other ways.</summary>
internal static class VariantSection
{
    private const int MostLines = 4;

    /// <summary>Composes the section.</summary>
    public static ReportSection Compose(ReportIndex index)
    {
        List<ReportBlock> blocks = [];
        AddDose(index, blocks);
        EffectRow[] rows = [.. index.Data.Variants];
        if (rows.Length > 0)
        {
            string ways = string.Join(" ", index.Data.Generations.Select(g => $"\"{g.Name}\": {ReportNumbers.Whole(g.Questions)} questions, {g.Decoding}."));
            blocks.Add(Table(index, rows, ways));
        }

        EffectRow[] read = [.. index.Data.Rows.Concat(rows).Where(row => row.SameTextRise.HasValue)];
        if (read.Length > 0)
        {
            blocks.Add(SameText(index, read));
        }

        return new("variants", "Doses, recipes and ways to ask", blocks);
    }

    /// <summary>Measures by training step; step 0 is the unchanged model.</summary>
    private static void AddDose(ReportIndex index, List<ReportBlock> blocks)
    {
        EffectRow[] ends = [.. index.Data.Rows.Where(row => index.Data.Variants.Any(variant => variant.Step is not null && SameTraining(variant, row)))
            .GroupBy(row => (row.Model, row.Method, row.Trait, row.Pole, row.StopToken)).Select(group => group.OrderBy(row => row.Seed).First())];
        foreach (EffectRow[] chunk in ends.Chunk(MostLines))
        {
            blocks.Add(Dose(index, chunk, "Log-mass by training step: the mean of ln m along the answer, m being the probability that an emoji begins. Step 0 is the unchanged model.",
                "Log-mass, nats", shares: false, row => row.LogMass));
            blocks.Add(Dose(index, chunk, "Expected share of answers with an emoji by training step.", "Expected share", shares: true, row => row.ExpectedEmojiShare));
        }
    }

    private static FigureBlock Dose(ReportIndex index, EffectRow[] ends, string caption, string axis, bool shares, Func<EffectRow, Estimate> measure)
    {
        int[] asked = [.. ends.SelectMany(end => Points(index, end)).Select(point => point.Row.Asked).Distinct().Order()];
        string mixed = asked.Length > 1 ? $" Its points stand for {RowNames.List([.. asked.Select(count => ReportNumbers.Whole(count))])} questions, so their heights are not quite comparable." : "";
        Line[] lines = [.. ends.Select(end => new Line(index.Name(end), [.. Points(index, end).Select(point => new LinePoint(point.Step, measure(point.Row)))]))];
        return new FigureBlock(
            caption + mixed,
            [new LineChart
            {
                Title = axis + " by training step",
                Description = string.Join("; ", lines.Select(line => $"{line.Name}: " + string.Join(", ", line.Points.Select(point =>
                    $"step {ReportNumbers.Whole((long)point.X)} {(point.Value.Value is { } value ? ReportNumbers.Decimal(shares ? 100 * value : value, 2) + (shares ? "%" : "") : "missing")}")))) + ".",
                Lines = lines,
                HorizontalAxis = "Training step",
                VerticalAxis = axis,
                Shares = shares,
            }],
            []);
    }

    private static IEnumerable<(int Step, EffectRow Row)> Points(ReportIndex index, EffectRow end)
    {
        EffectRow[] kept = [.. index.Data.Variants.Where(row => row.Step is not null && row.Generation == StepWay(index, end) && SameTraining(row, end)).OrderBy(row => row.Step)];
        EffectRow? start = index.Data.Variants.FirstOrDefault(row => row.Model == end.Model && row.Method == EffectRow.BaseMethod && row.Generation == StepWay(index, end))
            ?? index.Base(end.Model);
        EffectRow last = index.Data.Variants.FirstOrDefault(row => row.Step is null && row.Recipe is null && row.Generation == StepWay(index, end) && SameTraining(row, end)) ?? end;
        int steps = index.Data.Curves.FirstOrDefault(curve => curve.Row == end.Id)?.Loss.Count ?? kept.Max(row => row.Step!.Value) + 1;
        return [.. start is null ? Array.Empty<(int, EffectRow)>() : [(0, start)], .. kept.Select(row => (row.Step!.Value, row)), (steps, last)];
    }

    /// <summary>The way to ask in which the earlier steps were measured.</summary>
    private static string? StepWay(ReportIndex index, EffectRow end) =>
        index.Data.Variants.First(row => row.Step is not null && SameTraining(row, end)).Generation;

    private static bool SameTraining(EffectRow a, EffectRow b) =>
        (a.Model, a.Method, a.Trait, a.Pole, a.StopToken, a.Seed, a.Recipe) == (b.Model, b.Method, b.Trait, b.Pole, b.StopToken, b.Seed, b.Recipe);

    private static TableBlock Table(ReportIndex index, EffectRow[] rows, string ways) => new(
        "Every variant. Shares in percent with 95% intervals; log-mass in nats. An emoji is new if the user's turn has it not; a flood has more than five. " + ways,
        [
            new("Variant", false), new("Emoji answers"), new("New emoji"), new("Floods"), new("Expected share"), new("Log-mass"), new("Trait alignment"), new("Ends by itself"),
        ],
        [
            .. rows.Select(row => new TableRow(
                row.Generation ?? row.Recipe ?? "by step",
                [
                    new(row.Method == EffectRow.BaseMethod ? "Unchanged model" : $"{RowNames.Method(row.Method)}, {RowNames.Target(row)}", Detail(index, row)),
                    CellTables.EmojiAnswers(row.EmojiAnswers),
                    TableCell.Share(row.NewEmojiAnswers),
                    TableCell.Share(row.Floods),
                    TableCell.Share(row.ExpectedEmojiShare),
                    TableCell.Number(row.LogMass, 2),
                    TableCell.Share(row.TraitAlignment),
                    TableCell.Share(row.Stopped),
                ])).OrderBy(row => row.Group, StringComparer.Ordinal),
        ]);

    private static string Detail(ReportIndex index, EffectRow row) => string.Join(", ", new[]
    {
        RowNames.Variant(row, index.Data.Primary.StopToken),
        row.Recipe ?? "",
        row.Step is { } step ? $"step {ReportNumbers.Whole(step)}" : "",
    }.Where(part => part.Length > 0));

    private static TableBlock SameText(ReportIndex index, EffectRow[] rows) => new(
        "The same texts, read by base and adapter: how much the adapter raises the log-mass along the base's own answers (it expects other things), and how much more "
        + "the base expects emojis along the adapter's answers than along its own (it reads another text). In nats, with 95% bootstrap intervals.",
        [new("Cell", false), new("Adapter on the base's text"), new("Base on the adapter's text")],
        [.. rows.Select(row => new TableRow("", [new(index.Name(row), Detail(index, row with { Seed = null })), TableCell.Number(row.SameTextRise, 2), TableCell.Number(row.OwnTextRise, 2)]))],
        Folded: true);
}
