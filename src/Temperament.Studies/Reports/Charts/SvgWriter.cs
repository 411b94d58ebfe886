using System.Globalization;
using System.Text;

namespace Temperament.Studies.Reports.Charts;

/// <summary>Writes SVG elements: escapes text, and writes numbers the same way under every culture.</summary>
internal sealed class SvgWriter
{
    private readonly StringBuilder _body = new();

    /// <summary>A straight line.</summary>
    public void Line(double x1, double y1, double x2, double y2, string style) =>
        _body.Append($"<line class=\"{style}\" x1=\"{N(x1)}\" y1=\"{N(y1)}\" x2=\"{N(x2)}\" y2=\"{N(y2)}\"/>\n");

    /// <summary>A rectangle; an opacity below 1 is written out.</summary>
    public void Rectangle(double x, double y, double width, double height, string style, double opacity = 1, double radius = 0)
    {
        string round = radius > 0 ? $" rx=\"{N(radius)}\"" : "";
        string fill = opacity < 1 ? $" fill-opacity=\"{N(opacity)}\"" : "";
        _body.Append($"<rect class=\"{style}\" x=\"{N(x)}\" y=\"{N(y)}\" width=\"{N(width)}\" height=\"{N(height)}\"{round}{fill}/>\n");
    }

    /// <summary>A circle.</summary>
    public void Circle(double x, double y, double radius, string style) =>
        _body.Append($"<circle class=\"{style}\" cx=\"{N(x)}\" cy=\"{N(y)}\" r=\"{N(radius)}\"/>\n");

    /// <summary>A polyline, or a closed polygon.</summary>
    public void Polyline(IReadOnlyList<ChartPoint> points, string style, bool closed = false)
    {
        string coordinates = string.Join(' ', points.Select(point => N(point.X) + "," + N(point.Y)));
        _body.Append($"<{(closed ? "polygon" : "polyline")} class=\"{style}\" points=\"{coordinates}\"/>\n");
    }

    /// <summary>One line of text; <paramref name="anchor"/> is "start", "middle" or "end".</summary>
    public void Text(double x, double y, string text, string style, string anchor = "start") =>
        _body.Append($"<text class=\"{style}\" x=\"{N(x)}\" y=\"{N(y)}\" text-anchor=\"{anchor}\">{Markup.Escape(text)}</text>\n");

    /// <summary>The mark of a series: its shape differs as well as its colour.</summary>
    public void Mark(double x, double y, int series)
    {
        string style = Series("mark", series);
        switch (series % 4)
        {
            case 0:
                Circle(x, y, 4.5, style);
                break;
            case 1:
                Rectangle(x - 3.8, y - 3.8, 7.6, 7.6, style);
                break;
            case 2:
                Polyline([new(x, y - 5.2), new(x + 5.2, y), new(x, y + 5.2), new(x - 5.2, y)], style, closed: true);
                break;
            default:
                Polyline([new(x, y - 5), new(x + 5, y + 4), new(x - 5, y + 4)], style, closed: true);
                break;
        }
    }

    /// <summary>A class name with the class of a series beside it; there are four.</summary>
    public static string Series(string style, int series) => $"{style} s{(series % 4).ToString(CultureInfo.InvariantCulture)}";

    /// <summary>The whole picture.</summary>
    /// <param name="chart">Whose title and description are put first.</param>
    /// <param name="id">The unique name of those two.</param>
    /// <param name="width">The width of the view box.</param>
    /// <param name="height">The height of the view box.</param>
    public string Finish(IChart chart, string id, double width, double height) =>
        $"<svg viewBox=\"0 0 {N(width)} {N(height)}\" role=\"img\" aria-labelledby=\"{id}-t {id}-d\" style=\"max-width:{N(width * 1.12)}px\">\n"
        + $"<title id=\"{id}-t\">{Markup.Escape(chart.Title)}</title>\n<desc id=\"{id}-d\">{Markup.Escape(chart.Description)}</desc>\n"
        + _body + "</svg>\n";

    private static string N(double number) => (Math.Round(number, 2) + 0.0).ToString("0.##", CultureInfo.InvariantCulture);
}

/// <summary>A place in a picture.</summary>
/// <param name="X">To the right.</param>
/// <param name="Y">Downwards.</param>
internal readonly record struct ChartPoint(double X, double Y);
