using System.Text.Json;
using Temperament.Models.Checkpoints;

namespace Temperament.Studies.Data.Import;

/// <summary>The note beside an imported set: which files it came from, their hashes, under which licence, and what was left out.</summary>
public static class SourceNote
{
    private const int RowsNamed = 1000;

    /// <summary>Writes the note of a set, as <c>NAME.source.json</c> beside <c>NAME.csv</c>.</summary>
    /// <param name="setPath">The set.</param>
    /// <param name="import">What it was made of.</param>
    /// <param name="licence">Licence of the source.</param>
    /// <param name="origin">Where it was published; null if that is not said.</param>
    /// <returns>Path of the note.</returns>
    public static string Write(string setPath, ImportResult import, string licence, string? origin)
    {
        ArgumentNullException.ThrowIfNull(import);
        string path = Path.ChangeExtension(setPath, ".source.json");
        AtomicFile.Write(path, stream =>
        {
            using Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true });
            json.WriteStartObject();
            json.WriteString("licence", licence);
            if (origin is not null)
            {
                json.WriteString("origin", origin);
            }

            json.WriteNumber("rows", import.Opinions.Count);
            json.WriteString("rows_sha256", import.Opinions.Hash);
            json.WriteStartArray("files");
            foreach (ImportedFile file in import.Files)
            {
                json.WriteStartObject();
                json.WriteString("name", Path.GetFileName(file.Path));
                json.WriteString("sha256", file.Hash);
                json.WriteString("format", ImportFormatNames.Of(file.Format));
                json.WriteNumber("rows", file.Rows);
                json.WriteNumber("left_out", file.LeftOut);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartArray("left_out");
            foreach (LeftOutRow row in import.LeftOut.Take(RowsNamed))
            {
                json.WriteStringValue($"{Path.GetFileName(row.Path)}, {row.Place}: {row.Reason}");
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });
        return path;
    }
}
