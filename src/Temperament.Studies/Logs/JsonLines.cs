using System.Text.Encodings.Web;
using System.Text.Json;
using Temperament.Models.Checkpoints;

namespace Temperament.Studies.Logs;

/// <summary>Files of one JSON object a line.</summary>
internal static class JsonLines
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes a file whole.</summary>
    /// <param name="path">File.</param>
    /// <param name="items">One item a line.</param>
    /// <param name="write">Writes an item as an object.</param>
    public static void Write<T>(string path, IEnumerable<T> items, Action<T, Utf8JsonWriter> write) => AtomicFile.Write(path, stream =>
    {
        using var json = new Utf8JsonWriter(stream, Options);
        foreach (T item in items)
        {
            write(item, json);
            json.Flush();
            stream.WriteByte((byte)'\n');
            json.Reset();
        }
    });

    /// <summary>Writes one object as a file.</summary>
    public static void WriteObject(string path, Action<Utf8JsonWriter> write) => AtomicFile.Write(path, stream =>
    {
        using (var json = new Utf8JsonWriter(stream, Options with { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
    });

    /// <summary>Reads a file.</summary>
    /// <exception cref="StudyException">A line is not what was written.</exception>
    public static List<T> Read<T>(string path, Func<JsonElement, T> read)
    {
        var items = new List<T>();
        int number = 0;
        foreach (string line in File.ReadLines(path))
        {
            number++;
            try
            {
                using JsonDocument document = JsonDocument.Parse(line);
                items.Add(read(document.RootElement));
            }
            catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
            {
                throw new StudyException(path, $"line {number}, which is not what a study writes", "one JSON object a line",
                    "Delete the cell's folder; it will be run again.", e);
            }
        }

        return items;
    }
}
