using Temperament.Studies.Data.Import.Parquet;

namespace Temperament.Studies.Data.Import;

/// <summary>The published set as Parquet: the same columns and rules as in CSV. Columns whose name begins with two underscores, as those of a data frame's index do, are passed over.</summary>
internal static class ParquetCases
{
    private const int MostTextLength = 1 << 20;
    private const long MostTexts = 256 << 20;

    /// <summary>Reads a file.</summary>
    /// <param name="path">File.</param>
    /// <exception cref="DataFileException">It is no Parquet file of the published columns.</exception>
    public static IEnumerable<ImportedCase> Read(string path)
    {
        using FileStream stream = OpinionFile.Open(path);
        ParquetFile file = Guard(path, () => ParquetFile.Read(stream));
        int[] used = [.. Enumerable.Range(0, file.Columns.Count).Where(i => !file.Columns[i].Name.StartsWith("__", StringComparison.Ordinal))];
        string[] header = [.. used.Select(i => file.Columns[i].Name)];
        OpinionFile.RequireColumns(header, path);
        if (used.FirstOrDefault(i => !file.Columns[i].IsText, -1) is >= 0 and var other)
        {
            throw new DataFileException(path, 0, $"the column \"{file.Columns[other].Name}\" of numbers", "a column of texts", "Write the column as text.");
        }

        int number = 0;
        long length = 0;
        foreach (IReadOnlyList<ParquetChunk> group in file.Groups)
        {
            IReadOnlyList<string?>[] columns = [.. used.Select(i => Guard(path, () => ParquetText.Read(stream, group[i], file.Columns[i].IsOptional)))];
            for (int r = 0; r < columns[0].Count; r++)
            {
                string[] fields = [.. columns.Select(column => column[r] ?? "")];
                string place = $"row {++number}";
                length += fields.Sum(field => field.Length);
                if (length > MostTexts || fields.Any(field => field.Length > MostTextLength))
                {
                    throw new DataFileException(path, 0, length > MostTexts ? $"more than {MostTexts:N0} characters up to {place}" : $"a text of more than {MostTextLength:N0} characters in {place}",
                        "one opinion a row", "Look whether it is the right file, or split it.");
                }

                OpinionFile.Row row = OpinionFile.ReadRow(new CsvRow(path, 0, header, fields));
                yield return row.Opinion is { } opinion ? ImportedCase.Of(place, opinion) : ImportedCase.Without(place, row.Fault!.Finding);
            }
        }
    }

    private static T Guard<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException)
        {
            throw new DataFileException(path, 0, error.Message, "a Parquet file with flat columns of text",
                "Look whether the file was cut, or write it anew: with Snappy, and as texts.", error);
        }
    }
}
