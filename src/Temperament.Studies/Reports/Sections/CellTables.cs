namespace Temperament.Studies.Reports.Sections;

/// <summary>The two tables that list every cell: what the study is about, and what else changed.</summary>
internal static class CellTables
{
    /// <summary>Emojis and trait alignment of every cell.</summary>
    public static TableBlock Emojis(ReportIndex index) => new(
        "Every reported cell. Shares in percent with 95% intervals: Wilson for counts, bootstrap over questions for the expected share. "
        + "Trait alignment of an unchanged model is to the target that the study is about.",
        [
            new("Cell", false), new("Emoji answers"), new("Expected share"), new("Emojis per answer"),
            new("From own set"), new("Trait alignment"), new("Missing"),
        ],
        [
            .. index.Data.Rows.Select(row => Line(
                index,
                row,
                EmojiAnswers(row.EmojiAnswers),
                TableCell.Share(row.ExpectedEmojiShare),
                TableCell.Number(row.EmojisPerAnswer, 2),
                TableCell.Share(row.OwnSetShare),
                TableCell.Share(row.TraitAlignment),
                MissingAnswers(row))),
        ],
        Folded: true);

    /// <summary>Coherence, endings, perplexity and length of every cell.</summary>
    public static TableBlock SideEffects(ReportIndex index) => new(
        "What else changed, cell by cell: answers that name the topic asked about, answers that end by themselves, perplexity of held-out neutral text, mean length in tokens.",
        [
            new("Cell", false), new("Topic named"), new("Ends by itself"), new("Neutral perplexity"), new("Tokens per answer"), new("Missing"),
        ],
        [
            .. index.Data.Rows.Select(row => Line(
                index,
                row,
                TableCell.Share(row.TopicNamed),
                TableCell.Share(row.Stopped),
                TableCell.Number(row.NeutralPerplexity, 2),
                TableCell.Number(row.MeanAnswerTokens, 1),
                MissingAnswers(row))),
        ],
        Folded: true);

    private static TableRow Line(ReportIndex index, EffectRow row, params TableCell[] cells)
    {
        PrimaryEffect primary = index.Data.Primary;
        string group = index.Data.Models.Count > 1 ? $"{RowNames.Method(row.Method)} · {row.Model}" : RowNames.Method(row.Method);
        string name = row.Method == EffectRow.BaseMethod ? "Unchanged model" : RowNames.TargetTitle(row.Trait, row.Pole);
        return new(group, [new(name, RowNames.Variant(row, primary.StopToken)), .. cells], index.IsPrimary(row));
    }

    /// <summary>A count of answers with its share and interval, or the reason why it is missing.</summary>
    public static TableCell EmojiAnswers(Estimate estimate) => estimate.HasValue
        ? new(ReportNumbers.Count(estimate), ReportNumbers.Share(estimate))
        : TableCell.Share(estimate);

    private static TableCell MissingAnswers(EffectRow row) => row.MissingAnswers == 0
        ? new("0")
        : new(ReportNumbers.Whole(row.MissingAnswers), ReportNumbers.Percent(row.MissingAnswers / (double)Math.Max(1, row.Asked)) + "%");
}
