namespace Temperament.Studies.Reports.Charts;

/// <summary>One estimate in a row of a dot chart.</summary>
/// <param name="Series">Which series, an index into <see cref="DotChart.Series"/>.</param>
/// <param name="Value">The estimate; a missing one is written out in its place.</param>
/// <param name="Note">A word beside the value, for example the seed; or nothing.</param>
internal sealed record Dot(int Series, Estimate Value, string Note = "");

/// <summary>One row of a dot chart.</summary>
/// <param name="Group">The heading that the row stands under; rows of a group follow each other.</param>
/// <param name="Label">The row's own label; may be empty.</param>
/// <param name="Dots">The estimates, one below the other.</param>
internal sealed record DotRow(string Group, string Label, IReadOnlyList<Dot> Dots);

/// <summary>A horizontal chart of estimates with their intervals, grouped in rows, over an optional band for comparison.</summary>
internal sealed record DotChart : IChart
{
    private const double Lane = 15;
    private const double RowGap = 7;
    private const double GroupGap = 13;

    /// <inheritdoc/>
    public required string Title { get; init; }

    /// <inheritdoc/>
    public required string Description { get; init; }

    /// <summary>The names of the series; the first is the one that matters most.</summary>
    public required IReadOnlyList<string> Series { get; init; }

    /// <summary>The rows from top to bottom.</summary>
    public required IReadOnlyList<DotRow> Rows { get; init; }

    /// <summary>What the axis measures.</summary>
    public required string Axis { get; init; }

    /// <summary>The estimate that the others are compared with, drawn as a band through all rows; or null.</summary>
    public Estimate? Band { get; init; }

    /// <summary>What the band is.</summary>
    public string BandName { get; init; } = "";

    /// <inheritdoc/>
    public string Draw(ChartWidth width, string id)
    {
        SvgWriter svg = new();
        bool wide = width == ChartWidth.Wide;
        double total = wide ? 720 : 350;
        double left = wide ? 196 : Rows.Any(row => row.Label.Length > 0) ? 44 : 8;
        double right = total - (wide ? 92 : 66);
        ChartScale scale = new(0, Greatest(), left, right, wide ? 6 : 4);
        double legend = Legend(svg, wide, total);
        double top = legend + 22;
        List<PlacedRow> placed = Place(top + 8, wide);
        double bottom = placed.Count == 0 ? top + 20 : placed[^1].Top + placed[^1].Height + 6;

        DrawAxis(svg, scale, top, bottom);
        if (Band is { Value: { } value })
        {
            double low = scale.At(Band.Low ?? value);
            svg.Rectangle(low, top, Math.Max(2, scale.At(Band.High ?? value) - low), bottom - top, "band");
        }

        foreach (PlacedRow row in placed)
        {
            DrawRow(svg, scale, row, wide, left);
        }

        svg.Text(left, bottom + 20, Axis, "tick");
        return svg.Finish(this, id, total, bottom + 28);
    }

    private double Greatest() => Rows.SelectMany(row => row.Dots).Select(dot => dot.Value)
        .Append(Band ?? Estimate.Of(0))
        .Select(estimate => Math.Max(estimate.Value ?? 0, estimate.High ?? 0))
        .Append(1e-6).Max();

    private double Legend(SvgWriter svg, bool wide, double total)
    {
        double x = 0;
        double y = 12;
        IEnumerable<string> names = Band is { HasValue: true } ? Series.Append(BandName) : Series;
        int index = 0;
        foreach (string name in names)
        {
            double width = 26 + (name.Length * 6.6);
            if (x > 0 && x + width > total)
            {
                x = 0;
                y += 20;
            }

            if (index < Series.Count)
            {
                svg.Mark(x + 6, y - 4, index);
            }
            else
            {
                svg.Rectangle(x, y - 10, 12, 12, "band");
            }

            svg.Text(x + 17, y, name, "label");
            x += width + (wide ? 10 : 2);
            index++;
        }

        return y;
    }

    private List<PlacedRow> Place(double y, bool wide)
    {
        List<PlacedRow> placed = [];
        string? group = null;
        foreach (DotRow row in Rows)
        {
            bool first = row.Group != group;
            if (first)
            {
                y += group is null ? 0 : GroupGap;
                y += wide ? 0 : 20;
            }

            group = row.Group;
            double height = Math.Max(1, row.Dots.Count) * Lane;
            placed.Add(new(row, first, y, height));
            y += height + RowGap;
        }

        return placed;
    }

    private static void DrawAxis(SvgWriter svg, ChartScale scale, double top, double bottom)
    {
        foreach (double tick in scale.Ticks)
        {
            svg.Line(scale.At(tick), top, scale.At(tick), bottom, tick == 0 ? "axis" : "grid");
            svg.Text(scale.At(tick), top - 5, scale.Percent(tick), "tick", "middle");
        }
    }

    private static void DrawRow(SvgWriter svg, ChartScale scale, PlacedRow placed, bool wide, double left)
    {
        double middle = placed.Top + (placed.Height / 2) + 4.5;
        if (placed.FirstOfGroup)
        {
            svg.Text(0, wide ? middle : placed.Top - 6, placed.Row.Group, "strong");
        }

        svg.Text(left - 10, middle, placed.Row.Label, "label", "end");
        for (int lane = 0; lane < placed.Row.Dots.Count; lane++)
        {
            DrawDot(svg, scale, placed.Row.Dots[lane], placed.Top + (Lane * lane) + (Lane / 2));
        }
    }

    private static void DrawDot(SvgWriter svg, ChartScale scale, Dot dot, double y)
    {
        if (dot.Value.Value is not { } value)
        {
            svg.Text(scale.At(0) + 6, y + 4, ReportNumbers.Missing(dot.Value), "tick missing");
            return;
        }

        double end = value;
        if (dot.Value is { Low: { } low, High: { } high })
        {
            svg.Line(scale.At(low), y, scale.At(high), y, SvgWriter.Series("whisker", dot.Series));
            end = Math.Max(value, high);
        }

        svg.Mark(scale.At(value), y, dot.Series);
        string note = dot.Note.Length > 0 ? $"{ReportNumbers.Percent(value)}%  {dot.Note}" : ReportNumbers.Percent(value) + "%";
        svg.Text(scale.At(end) + 9, y + 4, note, dot.Series == 0 ? "value" : "tick");
    }

    private sealed record PlacedRow(DotRow Row, bool FirstOfGroup, double Top, double Height);
}
