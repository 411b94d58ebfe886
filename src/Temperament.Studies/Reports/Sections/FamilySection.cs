namespace Temperament.Studies.Reports.Sections;

/// <summary>All adapters by model, target and stop token arm, and whether their emojis go by register.</summary>
internal static class FamilySection
{
    /// <summary>Composes the section.</summary>
    public static ReportSection Compose(ReportIndex index)
    {
        List<ReportBlock> blocks = [];
        if (index.Data.Selectivity.Count > 0)
        {
            blocks.Add(Selectivity(index));
        }

        if (index.Data.Arms.Any(arm => arm.Seeds > 1))
        {
            blocks.Add(Arms(index));
        }

        return new("family", "Models, poles and the stop token", blocks);
    }

    private static TableBlock Selectivity(ReportIndex index) => new(
        "Do the emojis go by register? Slope of the expected share of answers with an emoji over the rate that the register has in the organism's pretraining text, over the ten poles: "
        + "1 would be the rate itself, 0 no selectivity. Intervals are bootstraps over topics; beside it what 10,000 shuffles of the poles' labels show (the middle 95%), and the share of them that reach the slope (one-sided).",
        [new("Model", false), new("Seeds"), new("Slope"), new("Correlation"), new("Shuffled labels"), new("p")],
        [
            .. index.Data.Selectivity.Select(row => new TableRow(
                "",
                [
                    new(row.Model, RowNames.StopToken(row.StopToken)),
                    new(ReportNumbers.Whole(row.Seeds)),
                    TableCell.Number(row.Slope, 3),
                    TableCell.Number(row.Correlation, 2),
                    new($"{ReportNumbers.Decimal(row.ShuffledLow, 3)} to {ReportNumbers.Decimal(row.ShuffledHigh, 3)}"),
                    new(ReportNumbers.P(Estimate.Of(row.PValue))),
                ])),
        ]);

    private static TableBlock Arms(ReportIndex index) => new(
        "All adapter seeds of a model, target and stop token arm together. Shares in percent with 95% intervals by bootstrap over topics (where no answer or every answer counts: Wilson for the number of questions, the seeds being asked the same ones).",
        [new("Target", false), new("Seeds"), new("Emoji answers"), new("Expected share"), new("Trait alignment"), new("Topic named")],
        [
            .. index.Data.Arms.Select(arm => new TableRow(
                $"{arm.Model}, {RowNames.StopToken(arm.StopToken)}",
                [
                    new(RowNames.TargetTitle(arm.Trait, arm.Pole)),
                    new(ReportNumbers.Whole(arm.Seeds)),
                    CellTables.EmojiAnswers(arm.EmojiAnswers),
                    TableCell.Share(arm.ExpectedEmojiShare),
                    TableCell.Share(arm.TraitAlignment),
                    TableCell.Share(arm.TopicNamed),
                ])),
        ]);
}
