using Spectre.Console;
using Temperament.Cli.Hosting;

namespace Temperament.Cli.Rendering;

/// <summary>A table: with lines and colours on a screen, as aligned plain text elsewhere.</summary>
internal sealed class TextTable
{
    private readonly string[] _headers;
    private readonly bool[] _right;
    private readonly List<string[]> _rows = [];

    /// <summary>Names the columns; a name that begins with ">" is of a column that is aligned to the right.</summary>
    public TextTable(params string[] headers)
    {
        _right = [.. headers.Select(header => header.StartsWith('>'))];
        _headers = [.. headers.Select(header => header.TrimStart('>'))];
    }

    /// <summary>Adds a row of as many cells as there are columns.</summary>
    public void Add(params string[] cells)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(cells.Length, _headers.Length);
        _rows.Add(cells);
    }

    /// <summary>Writes the table to the output.</summary>
    public void Print(Terminal terminal)
    {
        if (terminal.OutputIsScreen)
        {
            Draw(terminal.OutputConsole());
            return;
        }

        int[] widths = [.. _headers.Select((header, c) => Math.Max(header.Length, _rows.Select(row => row[c].Length).DefaultIfEmpty(0).Max()))];
        terminal.Output.WriteLine(Line(_headers, widths));
        foreach (string[] row in _rows)
        {
            terminal.Output.WriteLine(Line(row, widths));
        }
    }

    private void Draw(IAnsiConsole console)
    {
        var table = new Table { Border = TableBorder.Rounded };
        for (int c = 0; c < _headers.Length; c++)
        {
            table.AddColumn(new TableColumn(new Text(_headers[c])) { Alignment = _right[c] ? Justify.Right : Justify.Left });
        }

        foreach (string[] row in _rows)
        {
            table.AddRow(row.Select(cell => new Text(cell)));
        }

        console.Write(table);
    }

    private string Line(string[] cells, int[] widths) =>
        string.Join("  ", cells.Select((cell, c) => _right[c] ? cell.PadLeft(widths[c]) : cell.PadRight(widths[c]))).TrimEnd();
}
