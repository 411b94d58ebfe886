using System.Globalization;
using System.Text;
using Temperament.Studies.Reports.Charts;
using Temperament.Studies.Reports.Findings;

namespace Temperament.Studies.Reports;

/// <summary>Writes the blocks of a report as HTML and numbers its tables and figures.</summary>
internal sealed class HtmlBlocks
{
    private readonly StringBuilder _page;
    private int _tables;
    private int _figures;

    /// <summary>Appends to a page.</summary>
    public HtmlBlocks(StringBuilder page) => _page = page;

    /// <summary>Appends one block.</summary>
    /// <exception cref="ArgumentException">HTML has no form for the block.</exception>
    public void Append(ReportBlock block)
    {
        switch (block)
        {
            case ProseBlock prose:
                _page.Append($"<p>{E(prose.Text)}</p>\n");
                break;
            case ListBlock list:
                _page.Append("<ul class=\"sentences\">\n").AppendJoin("", list.Items.Select(item => $"<li>{E(item)}</li>\n")).Append("</ul>\n");
                break;
            case FindingsBlock findings:
                AppendFindings(findings);
                break;
            case TableBlock table:
                AppendTable(table);
                break;
            case FigureBlock figure:
                AppendFigure(figure);
                break;
            case AnswersBlock answers:
                AppendAnswers(answers);
                break;
            default:
                throw new ArgumentException($"HTML has no form for {block.GetType().Name}.", nameof(block));
        }
    }

    private void AppendFindings(FindingsBlock block)
    {
        _page.Append("<ol class=\"findings\">\n");
        foreach (Finding finding in block.Findings)
        {
            string evidence = finding.Evidence.Length > 0 ? $"<p class=\"evidence\">{E(finding.Evidence)}</p>" : "";
            _page.Append($"<li class=\"{VerdictNames.Style(finding.Verdict)}\"><span class=\"verdict\">{VerdictNames.Of(finding.Verdict)}</span> <div><p>{E(finding.Text)}</p>{evidence}</div></li>\n");
        }

        _page.Append("</ol>\n");
    }

    private void AppendTable(TableBlock table)
    {
        string number = N(++_tables);
        if (table.Folded)
        {
            _page.Append($"<details><summary>Table {number}. {E(table.Caption)}</summary>\n");
        }

        _page.Append($"<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"Table {number}\">\n<table>\n");
        if (!table.Folded)
        {
            _page.Append($"<caption><b>Table {number}.</b> {E(table.Caption)}</caption>\n");
        }

        _page.Append("<thead><tr>");
        foreach (TableColumn column in table.Columns)
        {
            _page.Append($"<th scope=\"col\"{Class(column)}>{E(column.Heading)}</th>");
        }

        _page.Append("</tr></thead>\n<tbody>\n");
        string group = "";
        foreach (TableRow row in table.Rows)
        {
            if (row.Group != group)
            {
                group = row.Group;
                _page.Append($"<tr class=\"group\"><th colspan=\"{N(table.Columns.Count)}\" scope=\"colgroup\">{E(group)}</th></tr>\n");
            }

            AppendRow(table, row);
        }

        _page.Append("</tbody>\n</table>\n</div>\n").Append(table.Folded ? "</details>\n" : "");
    }

    private void AppendRow(TableBlock table, TableRow row)
    {
        _page.Append(row.Emphasis ? "<tr class=\"emphasis\">" : "<tr>");
        for (int column = 0; column < row.Cells.Count; column++)
        {
            TableCell cell = row.Cells[column];
            string text = cell.IsCode ? $"<code>{E(cell.Text)}</code>" : E(cell.Text);
            string detail = cell.Detail.Length > 0 ? $" <small>{E(cell.Detail)}</small>" : "";
            string element = column == 0 ? "th scope=\"row\"" : "td";
            _page.Append($"<{element}{Class(table.Columns[column])}>{text}{detail}</{(column == 0 ? "th" : "td")}>");
        }

        _page.Append("</tr>\n");
    }

    private void AppendFigure(FigureBlock figure)
    {
        string number = N(++_figures);
        _page.Append("<figure>\n");
        if (figure.PanelTitles.Count > 0)
        {
            _page.Append("<div class=\"panels\">\n");
            for (int panel = 0; panel < figure.Charts.Count; panel++)
            {
                _page.Append($"<div class=\"panel\"><p>{E(figure.PanelTitles[panel])}</p>\n{figure.Charts[panel].Draw(ChartWidth.Narrow, $"f{number}p{N(panel)}")}</div>\n");
            }

            _page.Append("</div>\n");
        }
        else
        {
            foreach (IChart chart in figure.Charts)
            {
                _page.Append($"<div class=\"on-wide\">{chart.Draw(ChartWidth.Wide, $"f{number}w")}</div>\n<div class=\"on-narrow\">{chart.Draw(ChartWidth.Narrow, $"f{number}n")}</div>\n");
            }
        }

        _page.Append($"<figcaption><b>Figure {number}.</b> {E(figure.Caption)}</figcaption>\n</figure>\n");
    }

    private void AppendAnswers(AnswersBlock block)
    {
        _page.Append($"<div class=\"exchange\">\n<h3 dir=\"auto\">{E(block.Question)}</h3>\n<div class=\"answers\">\n");
        foreach (NamedAnswer answer in block.Answers)
        {
            string cut = answer.Stopped ? "" : " <small>(cut at the limit)</small>";
            string text = answer.Text.Length == 0 ? "<em>an empty answer</em>" : E(answer.Text);
            _page.Append($"<div class=\"{(answer.IsEffect ? "effect" : "other")}\"><p class=\"who\">{E(answer.Name)}</p><p dir=\"auto\" class=\"said\">{text}{cut}</p></div>\n");
        }

        _page.Append("</div>\n</div>\n");
    }

    private static string Class(TableColumn column) => column.Numeric ? " class=\"n\"" : "";

    private static string E(string text) => Markup.Escape(text);

    private static string N(int number) => number.ToString(CultureInfo.InvariantCulture);
}
