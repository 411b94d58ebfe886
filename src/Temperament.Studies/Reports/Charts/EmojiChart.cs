namespace Temperament.Studies.Reports.Charts;

/// <summary>The most frequent emojis of one cell, each as itself beside a bar and its count. One small panel, the same at every width.</summary>
internal sealed record EmojiChart : IChart
{
    private const double RowHeight = 27;
    private const double Total = 232;

    /// <inheritdoc/>
    public required string Title { get; init; }

    /// <inheritdoc/>
    public required string Description { get; init; }

    /// <summary>The emojis, most frequent first.</summary>
    public required IReadOnlyList<ShownEmoji> Emojis { get; init; }

    /// <summary>The count that fills the panel; panels beside each other share it.</summary>
    public required int Greatest { get; init; }

    /// <inheritdoc/>
    public string Draw(ChartWidth width, string id)
    {
        SvgWriter svg = new();
        double y = 0;
        foreach (ShownEmoji emoji in Emojis)
        {
            double length = 150.0 * emoji.Count / Math.Max(1, Greatest);
            svg.Text(11, y + 19, emoji.Emoji, "emoji", "middle");
            svg.Rectangle(30, y + 6, Math.Max(1.5, length), 15, emoji.OwnSet == false ? "bar foreign" : "bar", radius: 2);
            svg.Text(30 + length + 7, y + 18, ReportNumbers.Whole(emoji.Count), "value");
            y += RowHeight;
        }

        return svg.Finish(this, id, Total, Math.Max(RowHeight, y));
    }
}
