using System.Text;
using Temperament.Studies.Reports.Charts;
using Temperament.Studies.Reports.Findings;

namespace Temperament.Studies.Reports;

/// <summary>
/// Writes a report as Markdown. The bytes depend on the data and the build only: no time, machine or thread count stands in it, so
/// two runs of a study on one build give the same file.
/// </summary>
public static class MarkdownReport
{
    /// <summary>The report as Markdown with line feeds.</summary>
    /// <param name="data">The data of the report.</param>
    /// <exception cref="ArgumentException">The data contradict themselves: doubled ids, or references to nothing.</exception>
    public static string Render(ReportData data)
    {
        ReportDocument document = ReportComposer.Compose(data);
        StringBuilder text = new();
        Counter counter = new();
        text.Append($"# {E(document.Title)}\n\n{E(document.StudyName)} · {E(document.Build)}\n\n");
        foreach (string caution in document.Cautions)
        {
            text.Append($"> **Note.** {E(caution)}\n\n");
        }

        if (document.KeyFigures.Count > 0)
        {
            text.Append("| ").AppendJoin(" | ", document.KeyFigures.Select(figure => E(figure.Label))).Append(" |\n|")
                .Insert(text.Length, "---:|", document.KeyFigures.Count)
                .Append("\n| ").AppendJoin(" | ", document.KeyFigures.Select(figure => E(ReportNumbers.Share(figure.Value)))).Append(" |\n\n");
        }

        foreach (ReportSection section in document.Sections)
        {
            text.Append($"## {E(section.Title)}\n\n");
            foreach (ReportBlock block in section.Blocks)
            {
                Append(text, block, counter);
            }
        }

        return text.ToString().TrimEnd() + "\n";
    }

    private static void Append(StringBuilder text, ReportBlock block, Counter counter)
    {
        switch (block)
        {
            case ProseBlock prose:
                text.Append($"{E(prose.Text)}\n\n");
                break;
            case ListBlock list:
                text.AppendJoin("", list.Items.Select(item => $"- {E(item)}\n")).Append('\n');
                break;
            case FindingsBlock findings:
                text.AppendJoin("", findings.Findings.Select((finding, place) => $"{place + 1}. **{VerdictNames.Of(finding.Verdict)}.** {E(Joined(finding))}\n")).Append('\n');
                break;
            case TableBlock table:
                AppendTable(text, table, ++counter.Tables);
                break;
            case FigureBlock figure:
                AppendFigure(text, figure, ++counter.Figures);
                break;
            case AnswersBlock answers:
                text.Append($"**{E(answers.Question)}**\n\n");
                text.AppendJoin("", answers.Answers.Select(answer => $"- *{E(answer.Name)}:* {E(answer.Text)}{(answer.Stopped ? "" : " … (cut at the limit)")}\n")).Append('\n');
                break;
            default:
                throw new ArgumentException($"Markdown has no form for {block.GetType().Name}.", nameof(block));
        }
    }

    private static void AppendTable(StringBuilder text, TableBlock table, int number)
    {
        text.Append($"**Table {number}.** {E(table.Caption)}\n\n| ").AppendJoin(" | ", table.Columns.Select(column => E(column.Heading))).Append(" |\n|")
            .AppendJoin("|", table.Columns.Select(column => column.Numeric ? "---:" : "---")).Append("|\n");
        string group = "";
        foreach (TableRow row in table.Rows)
        {
            if (row.Group != group)
            {
                group = row.Group;
                text.Append($"| **{E(group)}** |").Insert(text.Length, " |", table.Columns.Count - 1).Append('\n');
            }

            text.Append("| ").AppendJoin(" | ", row.Cells.Select(Cell)).Append(" |\n");
        }

        text.Append('\n');
    }

    private static string Cell(TableCell cell)
    {
        string value = cell.IsCode ? $"`{cell.Text}`" : E(cell.Text);
        string joint = cell.Detail.StartsWith('[') || cell.Detail.StartsWith('(') ? " " : " – ";
        return cell.Detail.Length == 0 ? value : value + joint + E(cell.Detail);
    }

    private static void AppendFigure(StringBuilder text, FigureBlock figure, int number)
    {
        text.Append($"**Figure {number}** (drawn in report.html). {E(figure.Caption)}\n\n");
        for (int index = 0; index < figure.Charts.Count; index++)
        {
            IChart chart = figure.Charts[index];
            string heading = figure.PanelTitles.Count > 0 ? $"*{E(figure.PanelTitles[index])}:* " : "";
            text.Append($"- {heading}{E(chart.Description)}\n");
        }

        text.Append('\n');
    }

    private static string Joined(Finding finding) => finding.Evidence.Length > 0 ? $"{finding.Text} {finding.Evidence}" : finding.Text;

    private static string E(string text) => Markup.EscapeMarkdown(text);

    private sealed class Counter
    {
        public int Tables { get; set; }

        public int Figures { get; set; }
    }
}
