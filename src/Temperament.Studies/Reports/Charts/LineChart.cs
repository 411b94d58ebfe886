namespace Temperament.Studies.Reports.Charts;

/// <summary>A value at a place on the horizontal axis.</summary>
/// <param name="X">The place.</param>
/// <param name="Value">The estimate; a missing one leaves a gap.</param>
internal sealed record LinePoint(double X, Estimate Value);

/// <summary>One line.</summary>
/// <param name="Name">The name in the legend.</param>
/// <param name="Points">The points, ascending.</param>
/// <param name="Marks">Whether each point gets a mark and its interval.</param>
internal sealed record Line(string Name, IReadOnlyList<LinePoint> Points, bool Marks = true);

/// <summary>The span of several values at a place on the horizontal axis.</summary>
/// <param name="X">The place.</param>
/// <param name="Low">The least value.</param>
/// <param name="High">The greatest value.</param>
internal sealed record SpanPoint(double X, double Low, double High);

/// <summary>Lines over a numeric axis or over named places, with an optional span behind them.</summary>
internal sealed record LineChart : IChart
{
    /// <inheritdoc/>
    public required string Title { get; init; }

    /// <inheritdoc/>
    public required string Description { get; init; }

    /// <summary>The lines, the one that matters most first.</summary>
    public required IReadOnlyList<Line> Lines { get; init; }

    /// <summary>What the horizontal axis counts.</summary>
    public required string HorizontalAxis { get; init; }

    /// <summary>What the vertical axis measures.</summary>
    public required string VerticalAxis { get; init; }

    /// <summary>Whether values are shares, written as percentages from 0.</summary>
    public bool Shares { get; init; }

    /// <summary>The labels of the places 0, 1, 2 …; empty for a numeric axis.</summary>
    public IReadOnlyList<string> Places { get; init; } = [];

    /// <summary>The span behind the lines; may be empty.</summary>
    public IReadOnlyList<SpanPoint> Span { get; init; } = [];

    /// <summary>What the span is.</summary>
    public string SpanName { get; init; } = "";

    /// <inheritdoc/>
    public string Draw(ChartWidth width, string id)
    {
        SvgWriter svg = new();
        double total = width == ChartWidth.Wide ? 720 : 350;
        double height = width == ChartWidth.Wide ? 260 : 210;
        double top = Legend(svg, total) + 36;
        double bottom = top + height;
        (double least, double greatest) = Extent();
        ChartScale vertical = new(least, greatest, bottom, top);
        ChartScale horizontal = Horizontal(50, total - 16);
        svg.Text(0, top - 14, VerticalAxis, "tick");
        DrawAxes(svg, vertical, horizontal, bottom, total);
        DrawSpan(svg, vertical, horizontal);
        for (int index = 0; index < Lines.Count; index++)
        {
            DrawLine(svg, vertical, horizontal, index);
        }

        svg.Text((50 + total - 16) / 2, bottom + 38, HorizontalAxis, "tick", "middle");
        return svg.Finish(this, id, total, bottom + 46);
    }

    private double Legend(SvgWriter svg, double total)
    {
        double x = 0;
        double y = 12;
        int entries = Lines.Count + (Span.Count > 0 ? 1 : 0);
        for (int index = 0; index < entries; index++)
        {
            string name = index < Lines.Count ? Lines[index].Name : SpanName;
            double width = 34 + (name.Length * 6.6);
            if (x > 0 && x + width > total)
            {
                x = 0;
                y += 20;
            }

            if (index == Lines.Count)
            {
                svg.Rectangle(x, y - 10, 18, 12, "band");
            }
            else
            {
                svg.Line(x, y - 4, x + 18, y - 4, SvgWriter.Series("line", index));
                if (Lines[index].Marks)
                {
                    svg.Mark(x + 9, y - 4, index);
                }
            }

            svg.Text(x + 24, y, name, "label");
            x += width + 6;
        }

        return y;
    }

    private (double Least, double Greatest) Extent()
    {
        double[] values =
        [
            .. Lines.SelectMany(line => line.Points).Where(point => point.Value.HasValue)
                .SelectMany(point => new[] { point.Value.Value!.Value, point.Value.Low ?? point.Value.Value.Value, point.Value.High ?? point.Value.Value.Value }),
            .. Span.SelectMany(point => new[] { point.Low, point.High }),
        ];
        return values.Length == 0 ? (0, 1) : (Shares ? 0 : Math.Min(0, values.Min()), values.Max());
    }

    private ChartScale Horizontal(double from, double to)
    {
        if (Places.Count > 0)
        {
            double inset = (to - from) / (2.0 * Places.Count);
            return new(0, Math.Max(1, Places.Count - 1), from + inset, to - inset, Math.Max(1, Places.Count - 1));
        }

        double[] places = [.. Lines.SelectMany(line => line.Points).Select(point => point.X)];
        return new(0, places.Length == 0 ? 1 : places.Max(), from, to);
    }

    private void DrawAxes(SvgWriter svg, ChartScale vertical, ChartScale horizontal, double bottom, double total)
    {
        foreach (double tick in vertical.Ticks)
        {
            svg.Line(50, vertical.At(tick), total - 16, vertical.At(tick), tick == vertical.Minimum ? "axis" : "grid");
            svg.Text(42, vertical.At(tick) + 4, Shares ? vertical.Percent(tick) : vertical.Plain(tick), "tick", "end");
        }

        if (Places.Count > 0)
        {
            for (int place = 0; place < Places.Count; place++)
            {
                svg.Text(horizontal.At(place), bottom + 18, Places[place], "tick", "middle");
            }

            return;
        }

        foreach (double tick in horizontal.Ticks)
        {
            svg.Text(horizontal.At(tick), bottom + 18, horizontal.Plain(tick), "tick", "middle");
        }
    }

    private void DrawSpan(SvgWriter svg, ChartScale vertical, ChartScale horizontal)
    {
        foreach (SpanPoint point in Span)
        {
            double top = vertical.At(point.High);
            svg.Rectangle(horizontal.At(point.X) - 13, top - 1, 26, Math.Max(2, vertical.At(point.Low) - top + 2), "band", radius: 2);
        }
    }

    private void DrawLine(SvgWriter svg, ChartScale vertical, ChartScale horizontal, int index)
    {
        List<ChartPoint> run = [];
        foreach (LinePoint point in Lines[index].Points)
        {
            if (point.Value.Value is not { } value)
            {
                Flush(svg, run, index);
                continue;
            }

            double x = horizontal.At(point.X);
            if (Lines[index].Marks && point.Value is { Low: { } low, High: { } high })
            {
                svg.Line(x, vertical.At(low), x, vertical.At(high), SvgWriter.Series("whisker", index));
            }

            run.Add(new(x, vertical.At(value)));
        }

        Flush(svg, run, index);
        if (Lines[index].Marks)
        {
            foreach (LinePoint point in Lines[index].Points.Where(point => point.Value.HasValue))
            {
                svg.Mark(horizontal.At(point.X), vertical.At(point.Value.Value!.Value), index);
            }
        }
    }

    private static void Flush(SvgWriter svg, List<ChartPoint> run, int index)
    {
        if (run.Count > 1)
        {
            svg.Polyline(run, SvgWriter.Series("line", index));
        }

        run.Clear();
    }
}
