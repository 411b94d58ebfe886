namespace Temperament.Studies.Reports.Charts;

/// <summary>One row of a heat table.</summary>
/// <param name="Label">The row's label.</param>
/// <param name="Cells">One share per column; null where nothing was run.</param>
internal sealed record HeatRow(string Label, IReadOnlyList<Estimate?> Cells);

/// <summary>A table of shares whose shade follows the number that stands in it.</summary>
internal sealed record HeatTable : IChart
{
    private const double RowHeight = 27;

    /// <inheritdoc/>
    public required string Title { get; init; }

    /// <inheritdoc/>
    public required string Description { get; init; }

    /// <summary>The headings of the columns.</summary>
    public required IReadOnlyList<string> Columns { get; init; }

    /// <summary>The rows from top to bottom.</summary>
    public required IReadOnlyList<HeatRow> Rows { get; init; }

    /// <inheritdoc/>
    public string Draw(ChartWidth width, string id)
    {
        SvgWriter svg = new();
        double total = width == ChartWidth.Wide ? 640 : 350;
        double left = width == ChartWidth.Wide ? 196 : 148;
        double column = (total - left) / Math.Max(1, Columns.Count);
        for (int index = 0; index < Columns.Count; index++)
        {
            svg.Text(left + (column * (index + 0.5)), 14, Columns[index], "label", "middle");
        }

        double y = 24;
        foreach (HeatRow row in Rows)
        {
            svg.Text(0, y + 18, row.Label, "label");
            for (int index = 0; index < row.Cells.Count; index++)
            {
                Cell(svg, row.Cells[index], left + (column * index), y, column);
            }

            y += RowHeight;
        }

        return svg.Finish(this, id, total, y + 4);
    }

    private static void Cell(SvgWriter svg, Estimate? estimate, double x, double y, double width)
    {
        if (estimate?.Value is not { } value)
        {
            svg.Rectangle(x + 1, y + 1, width - 2, RowHeight - 2, "hollow", radius: 3);
            svg.Text(x + (width / 2), y + 18, estimate is null ? "–" : "missing", "tick missing", "middle");
            return;
        }

        svg.Rectangle(x + 1, y + 1, width - 2, RowHeight - 2, "heat", 0.05 + (0.45 * Math.Clamp(value, 0, 1)), 3);
        svg.Text(x + (width / 2), y + 18, ReportNumbers.Percent(value) + "%", "value", "middle");
    }
}
