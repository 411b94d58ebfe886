using Temperament.Studies.Reports.Charts;

namespace Temperament.Studies.Reports.Sections;

/// <summary>The effect: emojis by trait and method, which emojis, trait alignment, and every cell.</summary>
internal static class EffectSection
{
    /// <summary>Composes the section.</summary>
    public static ReportSection Compose(ReportIndex index)
    {
        List<ReportBlock> blocks = [];
        bool together = index.Subjects.Count() == 1;
        if (together)
        {
            AddTable(index, index.Data.Models, blocks);
        }

        foreach (ModelCard model in index.Data.Models)
        {
            if (!together)
            {
                AddTable(index, [model], blocks);
            }

            if (model.Role == ModelRole.Subject)
            {
                AddFigures(index, model.Name, blocks);
            }
        }

        AddEmojis(index, blocks);
        if (index.Data.Rows.Count > 0)
        {
            blocks.Add(CellTables.Emojis(index));
            blocks.Add(CellTables.SideEffects(index));
        }

        return new("effect", "Emojis by trait and method", blocks);
    }

    /// <summary>The targets of some rows in the order of the data, the two poles of a trait one after the other.</summary>
    private static List<TargetKey> Targets(IEnumerable<EffectRow> rows)
    {
        List<TargetKey> targets = [.. rows.Where(row => row.Trait is not null).Select(row => new TargetKey(row.Trait, row.Pole)).Distinct()];
        List<string?> traits = [.. targets.Select(target => target.Trait).Distinct()];
        return
        [
            .. targets.OrderBy(target => target.Trait == EffectRow.NeutralTrait)
                .ThenBy(target => traits.IndexOf(target.Trait)).ThenBy(target => target.Pole),
        ];
    }

    private static void AddTable(ReportIndex index, IReadOnlyList<ModelCard> models, List<ReportBlock> blocks)
    {
        EffectRow[] rows = [.. index.Data.Rows.Where(row => row.Trait is not null && models.Any(model => model.Name == row.Model))];
        ColumnKey first = new(models[0].Name, index.Data.Primary.Method, index.Data.Primary.StopToken);
        List<ColumnKey> columns = [.. rows.Select(row => new ColumnKey(row.Model, row.Method, row.StopToken)).Distinct().OrderBy(column => column != first)];
        if (columns.Count == 0)
        {
            return;
        }

        List<TableRow> lines = [];
        foreach (TargetKey target in Targets(rows))
        {
            List<TableCell> cells = [new(RowNames.TargetTitle(target.Trait, target.Pole))];
            cells.AddRange(columns.Select(column => Cell(rows.Where(row => column.Holds(row) && target.Holds(row)))));
            bool emphasis = target.Trait == index.Data.Primary.Trait && target.Pole == index.Data.Primary.Pole;
            lines.Add(new("", cells, emphasis));
        }

        string unchanged = string.Join(" ", models.Select(model => index.Base(model.Name)).OfType<EffectRow>()
            .Select(row => $"Unchanged {row.Model}: {ReportNumbers.Answers(row.EmojiAnswers)}."));
        int missing = rows.Sum(row => row.MissingAnswers);
        string caption = $"Answers with at least one emoji, in percent, with the 95% Wilson interval. {unchanged} "
            + (missing == 0 ? "No answer is missing." : $"{ReportNumbers.Whole(missing)} of {ReportNumbers.Whole(rows.Sum(row => (long)row.Asked))} answers are missing; see the table of every cell.")
            + " A dash stands where nothing was run; where several adapter seeds were, the first is shown.";
        blocks.Add(new TableBlock(caption, [new("Target", false), .. columns.Select(column => new TableColumn(column.Heading(index, models)))], lines));
    }

    private static TableCell Cell(IEnumerable<EffectRow> rows) => TableCell.Share(rows.OrderBy(row => row.Seed ?? 0).FirstOrDefault()?.EmojiAnswers);

    private static void AddFigures(ReportIndex index, string model, List<ReportBlock> blocks)
    {
        PrimaryEffect primary = index.Data.Primary;
        EffectRow[] rows =
        [
            .. index.Data.Rows.Where(row => row.Model == model && row.Trait is not null
                && (row.StopToken == primary.StopToken || row.StopToken == StopTokenArm.NotApplicable)),
        ];
        if (rows.Length == 0)
        {
            return;
        }

        List<string> methods = [.. rows.Select(row => row.Method).Distinct().OrderBy(method => method != primary.Method)];
        List<TargetKey> targets = Targets(rows);
        string of = index.Subjects.Skip(1).Any() ? $" ({model})" : "";
        blocks.Add(new FigureBlock(
            $"Answers with an emoji by target and method{of}. Lines are 95% Wilson intervals; the band is the interval of the unchanged model.",
            [EmojiChartOf(index, model, rows, methods, targets)],
            []));
        if (rows.Any(row => row.TraitAlignment.HasValue))
        {
            blocks.Add(new FigureBlock(
                $"Trait alignment{of}: the share of answers that the classifier assigns to the target.",
                [AlignmentChart(rows, [.. rows.Select(row => row.Method).Distinct()], targets)],
                []));
        }
    }

    private static DotChart EmojiChartOf(ReportIndex index, string model, EffectRow[] rows, List<string> methods, List<TargetKey> targets)
    {
        List<DotRow> dots = [];
        foreach (TargetKey target in targets)
        {
            EffectRow[] own = [.. rows.Where(target.Holds).OrderBy(row => methods.IndexOf(row.Method)).ThenBy(row => row.Seed ?? 0)];
            dots.Add(new(
                target.Trait == EffectRow.NeutralTrait ? "Neutral" : RowNames.Capitalize(target.Trait!),
                target.Pole switch { ReportPole.High => "high", ReportPole.Low => "low", _ => "" },
                [.. own.Select(row => new Dot(methods.IndexOf(row.Method), row.EmojiAnswers, SeedNote(row, own)))]));
        }

        string description = string.Join("; ", targets.Select(target =>
            $"{RowNames.Target(target.Trait, target.Pole)}: "
            + string.Join(", ", rows.Where(target.Holds).Select(row => $"{RowNames.Method(row.Method)} {ReportNumbers.Share(row.EmojiAnswers)}"))));
        return new()
        {
            Title = "Answers with an emoji by target and method",
            Description = description + ".",
            Series = [.. methods.Select(RowNames.Method)],
            Rows = dots,
            Axis = "Answers with an emoji",
            Band = index.Base(model)?.EmojiAnswers,
            BandName = "Unchanged model",
        };
    }

    private static string SeedNote(EffectRow row, EffectRow[] own) =>
        row.Seed is { } seed && own.Count(other => other.Method == row.Method) > 1 ? $"seed {ReportNumbers.Whole(seed)}" : "";

    private static HeatTable AlignmentChart(EffectRow[] rows, List<string> methods, List<TargetKey> targets)
    {
        List<HeatRow> heat =
        [
            .. targets.Select(target => new HeatRow(
                RowNames.TargetTitle(target.Trait, target.Pole),
                [.. methods.Select(method => rows.FirstOrDefault(row => row.Method == method && target.Holds(row))?.TraitAlignment)])),
        ];
        string description = string.Join("; ", heat.Select(row => $"{row.Label}: "
            + string.Join(", ", methods.Select((method, column) => row.Cells[column] is { } cell ? $"{RowNames.Method(method)} {ReportNumbers.Share(cell)}" : "").Where(text => text.Length > 0))));
        return new()
        {
            Title = "Trait alignment by target and method",
            Description = description + ".",
            Columns = [.. methods.Select(RowNames.Method)],
            Rows = heat,
        };
    }

    private static void AddEmojis(ReportIndex index, List<ReportBlock> blocks)
    {
        EmojiTally[] tallies = [.. index.Data.TopEmojis.Where(tally => tally.Emojis.Count > 0)];
        if (tallies.Length == 0)
        {
            return;
        }

        int greatest = tallies.Max(tally => tally.Emojis.Max(emoji => emoji.Count));
        bool foreign = tallies.Any(tally => tally.Emojis.Any(emoji => emoji.OwnSet == false));
        string hollow = foreign ? " A hollow bar is an emoji that does not belong to the target register's own set." : "";
        blocks.Add(new FigureBlock(
            "The most frequent emojis and how often each was written." + hollow,
            [.. tallies.Select(tally => new EmojiChart
            {
                Title = "Emojis of " + Name(index, tally),
                Description = string.Join(", ", tally.Emojis.Select(emoji => $"{emoji.Emoji} {ReportNumbers.Whole(emoji.Count)}"))
                    + $"; {ReportNumbers.Whole(tally.Total)} in all.",
                Emojis = tally.Emojis,
                Greatest = greatest,
            })],
            [.. tallies.Select(tally => $"{Name(index, tally)} · {ReportNumbers.Whole(tally.Total)} in all")]));
    }

    private static string Name(ReportIndex index, EmojiTally tally) =>
        tally.Seeds > 1 ? $"{index.Name(index.Row(tally.Row) with { Seed = null })}, {ReportNumbers.Whole(tally.Seeds)} seeds" : index.Name(index.Row(tally.Row));

    private sealed record TargetKey(string? Trait, ReportPole Pole)
    {
        public bool Holds(EffectRow row) => row.Trait == Trait && row.Pole == Pole;
    }

    private sealed record ColumnKey(string Model, string Method, StopTokenArm StopToken)
    {
        public bool Holds(EffectRow row) => row.Model == Model && row.Method == Method && row.StopToken == StopToken;

        public string Heading(ReportIndex index, IReadOnlyList<ModelCard> models)
        {
            string stop = StopToken == index.Data.Primary.StopToken || StopToken == StopTokenArm.NotApplicable ? "" : ", " + RowNames.StopToken(StopToken);
            string model = Model == models[0].Name ? "" : $", {Model}";
            return RowNames.Method(Method) + stop + model;
        }
    }
}
