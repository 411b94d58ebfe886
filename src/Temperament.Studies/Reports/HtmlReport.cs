using System.Globalization;
using System.Text;

namespace Temperament.Studies.Reports;

/// <summary>
/// Writes a report as one HTML file that needs nothing else: no scripts, no fonts, no requests. It adapts to phones, paper, and dark
/// screens, and is well-formed XML as well.
/// </summary>
public static class HtmlReport
{
    /// <summary>The report as a whole HTML page.</summary>
    /// <param name="data">The data of the report.</param>
    /// <exception cref="ArgumentException">The data contradict themselves: doubled ids, or references to nothing.</exception>
    public static string Render(ReportData data)
    {
        ReportDocument document = ReportComposer.Compose(data);
        StringBuilder page = new();
        page.Append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n")
            .Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n<meta name=\"color-scheme\" content=\"light dark\"/>\n")
            .Append($"<title>{E(document.StudyName)} – {E(document.Title)}</title>\n<style>\n{ReportStyle.Css}</style>\n</head>\n<body>\n<div class=\"page\">\n");
        AppendHeader(page, document);
        page.Append("<main>\n");
        HtmlBlocks blocks = new(page);
        foreach (ReportSection section in document.Sections)
        {
            page.Append($"<section id=\"{section.Id}\" aria-labelledby=\"{section.Id}-h\">\n<h2 id=\"{section.Id}-h\">{E(section.Title)}</h2>\n<div class=\"body\">\n");
            foreach (ReportBlock block in section.Blocks)
            {
                blocks.Append(block);
            }

            page.Append("</div>\n</section>\n");
        }

        page.Append("</main>\n");
        AppendFooter(page, document, data.Environment);
        return page.Append("</div>\n</body>\n</html>\n").ToString();
    }

    private static void AppendHeader(StringBuilder page, ReportDocument document)
    {
        page.Append($"<header>\n<p class=\"kicker\">Study report <span>{E(document.StudyName)}</span></p>\n<h1>{E(document.Title)}</h1>\n");
        foreach (string caution in document.Cautions)
        {
            page.Append($"<p class=\"standfirst\">{E(caution)}</p>\n");
        }

        if (document.KeyFigures.Count > 0)
        {
            page.Append("<p class=\"keys-title\">Answers with at least one emoji</p>\n<dl class=\"keys\">\n");
            foreach (KeyFigure figure in document.KeyFigures)
            {
                TableCell cell = TableCell.Share(figure.Value);
                page.Append($"<div{(figure.IsEffect ? " class=\"effect\"" : "")}><dt>{E(figure.Label)}</dt><dd>{E(cell.Text)} <span>{E(cell.Detail)}</span></dd></div>\n");
            }

            page.Append("</dl>\n");
        }

        page.Append("<nav aria-label=\"Contents\">\n<ul>\n");
        foreach (ReportSection section in document.Sections)
        {
            page.Append($"<li><a href=\"#{section.Id}\">{E(section.Title)}</a></li>\n");
        }

        page.Append("</ul>\n</nav>\n</header>\n");
    }

    private static void AppendFooter(StringBuilder page, ReportDocument document, ReportEnvironment environment)
    {
        List<string> parts = [document.Build];
        if (environment.Machine.Length > 0)
        {
            parts.Add(environment.Machine);
        }

        if (environment.InstructionSet.Length > 0)
        {
            parts.Add(environment.InstructionSet);
        }

        if (environment.Threads > 0)
        {
            parts.Add(environment.Threads == 1 ? "1 thread" : $"{ReportNumbers.Whole(environment.Threads)} threads");
        }

        if (environment.WallTime is { } time)
        {
            string hours = time.TotalHours >= 1 ? ((int)time.TotalHours).ToString(CultureInfo.InvariantCulture) + ":" : "";
            parts.Add("wall time " + hours + time.ToString(hours.Length > 0 ? @"mm\:ss" : @"m\:ss", CultureInfo.InvariantCulture));
        }

        page.Append($"<footer><p>{string.Join(" · ", parts.Select(E))}</p></footer>\n");
    }

    private static string E(string text) => Markup.Escape(text);
}
