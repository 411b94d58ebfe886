using System.Text.Encodings.Web;
using System.Text.Json;

namespace Temperament.Models.Checkpoints.Writing;

/// <summary>The bytes of a JSON file: indented, lines ended by a line feed, letters of all languages as themselves.</summary>
internal static class JsonFile
{
    /// <summary>A file that holds one object.</summary>
    /// <param name="write">Writes the fields.</param>
    public static byte[] Object(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions
        {
            Indented = true,
            NewLine = "\n",
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        }))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
        return stream.ToArray();
    }
}
