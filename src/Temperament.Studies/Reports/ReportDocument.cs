using Temperament.Studies.Reports.Charts;
using Temperament.Studies.Reports.Findings;

namespace Temperament.Studies.Reports;

/// <summary>A report as sections and blocks, before it becomes HTML or Markdown. Both show the same content.</summary>
/// <param name="Title">The question of the study.</param>
/// <param name="StudyName">The name of the study.</param>
/// <param name="Build">Version and commit.</param>
/// <param name="Cautions">What a reader must know before any number.</param>
/// <param name="KeyFigures">The numbers at the top.</param>
/// <param name="Sections">The sections.</param>
internal sealed record ReportDocument(
    string Title,
    string StudyName,
    string Build,
    IReadOnlyList<string> Cautions,
    IReadOnlyList<KeyFigure> KeyFigures,
    IReadOnlyList<ReportSection> Sections);

/// <summary>One number at the top of a report.</summary>
/// <param name="Label">What it is.</param>
/// <param name="Value">The share.</param>
/// <param name="IsEffect">Whether it is the effect itself rather than what it is compared with.</param>
internal sealed record KeyFigure(string Label, Estimate Value, bool IsEffect);

/// <summary>A section of a report.</summary>
/// <param name="Id">Its anchor.</param>
/// <param name="Title">Its heading.</param>
/// <param name="Blocks">What stands in it.</param>
internal sealed record ReportSection(string Id, string Title, IReadOnlyList<ReportBlock> Blocks);

/// <summary>A piece of a section.</summary>
internal abstract record ReportBlock;

/// <summary>A paragraph.</summary>
/// <param name="Text">Its text.</param>
internal sealed record ProseBlock(string Text) : ReportBlock;

/// <summary>A list of sentences.</summary>
/// <param name="Items">The sentences.</param>
internal sealed record ListBlock(IReadOnlyList<string> Items) : ReportBlock;

/// <summary>The findings.</summary>
/// <param name="Findings">The findings, the main one first.</param>
internal sealed record FindingsBlock(IReadOnlyList<Finding> Findings) : ReportBlock;

/// <summary>A table.</summary>
/// <param name="Caption">What it shows.</param>
/// <param name="Columns">Its columns; the first holds the rows' names.</param>
/// <param name="Rows">Its rows, in any order of their groups.</param>
/// <param name="Folded">Whether a page shows it only when asked.</param>
internal sealed record TableBlock(
    string Caption,
    IReadOnlyList<TableColumn> Columns,
    IReadOnlyList<TableRow> Rows,
    bool Folded = false) : ReportBlock
{
    /// <summary>The rows, those of a group under one heading, groups in the order in which they first appear.</summary>
    public IReadOnlyList<TableRow> Rows { get; } = [.. Rows.GroupBy(row => row.Group).SelectMany(group => group)];
}

/// <summary>A column.</summary>
/// <param name="Heading">Its heading.</param>
/// <param name="Numeric">Whether it holds numbers and is set flush right.</param>
internal sealed record TableColumn(string Heading, bool Numeric = true);

/// <summary>A row.</summary>
/// <param name="Group">The heading that it stands under, or nothing.</param>
/// <param name="Cells">One cell per column.</param>
/// <param name="Emphasis">Whether the row is the primary effect.</param>
internal sealed record TableRow(string Group, IReadOnlyList<TableCell> Cells, bool Emphasis = false);

/// <summary>A cell.</summary>
/// <param name="Text">What it says first.</param>
/// <param name="Detail">What it says more quietly: an interval, a reason.</param>
/// <param name="IsCode">Whether it is a hash or a name for machines.</param>
internal sealed record TableCell(string Text, string Detail = "", bool IsCode = false)
{
    /// <summary>A share with its interval, or the reason why it is missing.</summary>
    public static TableCell Share(Estimate? estimate) => estimate switch
    {
        null => new("–"),
        { Value: { } value } => new(ReportNumbers.Percent(value) + "%", ReportNumbers.PercentInterval(estimate).Trim()),
        _ => Missing(estimate),
    };

    /// <summary>A number with its interval, or the reason why it is missing.</summary>
    public static TableCell Number(Estimate estimate, int decimals) => estimate switch
    {
        { Value: { } value, Low: { } low, High: { } high } => new(
            ReportNumbers.Decimal(value, decimals),
            $"[{ReportNumbers.Decimal(low, decimals)},{ReportNumbers.Space}{ReportNumbers.Decimal(high, decimals)}]"),
        { Value: { } value } => new(ReportNumbers.Decimal(value, decimals)),
        _ => Missing(estimate),
    };

    private static TableCell Missing(Estimate estimate) => new("missing", $"({estimate.MissingReason})");
}

/// <summary>A figure of one chart, or of several small panels.</summary>
/// <param name="Caption">What it shows and how to read it.</param>
/// <param name="Charts">The charts.</param>
/// <param name="PanelTitles">The headings of the panels; empty for a single chart.</param>
internal sealed record FigureBlock(
    string Caption,
    IReadOnlyList<IChart> Charts,
    IReadOnlyList<string> PanelTitles) : ReportBlock;

/// <summary>Answers side by side.</summary>
/// <param name="Question">The question.</param>
/// <param name="Answers">The answers, the unchanged model's first.</param>
internal sealed record AnswersBlock(string Question, IReadOnlyList<NamedAnswer> Answers) : ReportBlock;

/// <summary>An answer and who gave it.</summary>
/// <param name="Name">The row in words.</param>
/// <param name="Text">The answer as written.</param>
/// <param name="Stopped">Whether it ended by itself.</param>
/// <param name="IsEffect">Whether the row is the primary effect.</param>
internal sealed record NamedAnswer(string Name, string Text, bool Stopped, bool IsEffect);
