using Temperament.Models.Text;

namespace Temperament.Studies.Data;

/// <summary>The records of a CSV file by the names of their columns.</summary>
internal sealed class CsvTable
{
    private const int MostRows = 1_000_000;

    private readonly CsvReader _reader;
    private readonly string _path;
    private readonly IReadOnlyList<string> _header;

    /// <summary>Reads the header.</summary>
    /// <param name="stream">Where the bytes come from; not closed here.</param>
    /// <param name="path">Name of the file in messages.</param>
    /// <param name="required">Columns that must be there.</param>
    /// <param name="allowed">Columns that may be there; the required ones among them.</param>
    /// <exception cref="DataFileException">A column is missing, unknown, or there twice.</exception>
    public CsvTable(Stream stream, string path, IReadOnlyList<string> required, IReadOnlyList<string> allowed)
    {
        (_reader, _path) = (new CsvReader(stream, path), path);
        CsvRecord header = _reader.Read() ?? throw new DataFileException(
            path, 0, "an empty file", $"a header with the columns {string.Join(", ", required)}", "Give the file that has the opinions.");
        _header = header.Fields;
        RequireColumns(_header, path, header.Line, required, allowed);
    }

    /// <summary>Checks the names of columns.</summary>
    /// <param name="header">The names.</param>
    /// <param name="path">Name of the file in messages.</param>
    /// <param name="line">Line on which they stand; 0 for none.</param>
    /// <param name="required">Columns that must be there.</param>
    /// <param name="allowed">Columns that may be there; the required ones among them.</param>
    /// <exception cref="DataFileException">A column is missing, unknown, or there twice.</exception>
    public static void RequireColumns(IReadOnlyList<string> header, string path, long line, IReadOnlyList<string> required, IReadOnlyList<string> allowed)
    {
        foreach (string column in header)
        {
            if (!allowed.Contains(column))
            {
                throw new DataFileException(path, line, $"the column \"{Shown(column)}\"", $"only {string.Join(", ", allowed)}", Guess(column, allowed));
            }

            if (header.Count(other => other == column) > 1)
            {
                throw new DataFileException(path, line, $"the column \"{column}\" twice", "each column once", "Remove one of them.");
            }
        }

        if (required.FirstOrDefault(column => !header.Contains(column)) is { } missing)
        {
            throw new DataFileException(path, line, $"the columns {string.Join(", ", header)}", $"a column \"{missing}\" too", "Add the column.");
        }
    }

    /// <summary>Reads the rows; a row may have too few or too many fields until <see cref="CsvRow.RequireAllFields"/> is asked.</summary>
    /// <exception cref="DataFileException">The text is no CSV, or there are too many records.</exception>
    public IEnumerable<CsvRow> Rows()
    {
        int rows = 0;
        while (_reader.Read() is { } record)
        {
            if (++rows > MostRows)
            {
                throw new DataFileException(_path, record.Line, "one row more", $"at most {MostRows:N0} rows", "Split the file.");
            }

            yield return new CsvRow(_path, record.Line, _header, record.Fields);
        }
    }

    /// <summary>At most forty characters of a text, for messages.</summary>
    public static string Shown(string text) => text.Length <= 40 ? text : string.Concat(text.AsSpan(0, 40), "…");

    private static string Guess(string column, IReadOnlyList<string> allowed) =>
        NearestWord.Find(column, allowed) is { } nearest ? $"Did you mean \"{nearest}\"?" : "Remove the column, or give a file of the published form.";
}

/// <summary>One row of a table.</summary>
/// <param name="path">Name of the file in messages.</param>
/// <param name="line">Line on which it begins, from 1.</param>
/// <param name="header">Names of the columns.</param>
/// <param name="fields">As many fields.</param>
internal sealed class CsvRow(string path, long line, IReadOnlyList<string> header, IReadOnlyList<string> fields)
{
    /// <summary>Line on which it begins, from 1.</summary>
    public long Line { get; } = line;

    /// <summary>The row itself, if it has a field for each column.</summary>
    /// <exception cref="DataFileException">It has fewer or more.</exception>
    public CsvRow RequireAllFields() => fields.Count == header.Count
        ? this
        : throw Fault($"{fields.Count} fields", $"{header.Count}, one for each column", "Put a field with a comma in quotes.");

    /// <summary>The field of a column; null if the file has no such column or the field is empty.</summary>
    /// <param name="column">The column.</param>
    public string? Optional(string column)
    {
        for (int i = 0; i < header.Count; i++)
        {
            if (header[i] == column && fields[i].Length > 0)
            {
                return fields[i];
            }
        }

        return null;
    }

    /// <summary>The field of a column.</summary>
    /// <param name="column">The column.</param>
    /// <exception cref="DataFileException">The field is empty or blank.</exception>
    public string Required(string column) => Optional(column) is { } text && !string.IsNullOrWhiteSpace(text)
        ? text
        : throw Fault($"nothing in the column \"{column}\"", "a text", "Fill the field, or remove the row.");

    /// <summary>A fault of this row.</summary>
    /// <param name="read">What was read.</param>
    /// <param name="expected">What was expected.</param>
    /// <param name="hint">What to do.</param>
    public DataFileException Fault(string read, string expected, string hint) => new(path, Line, read, expected, hint);
}
