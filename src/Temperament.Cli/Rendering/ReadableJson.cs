using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Temperament.Cli.Rendering;

/// <summary>JSON for people too: emoji are written as themselves. The writer of the framework escapes all characters of two UTF-16 units.</summary>
internal static class ReadableJson
{
    private const int EscapeLength = 6;

    /// <summary>The text of one value.</summary>
    /// <param name="write">Writes one value.</param>
    /// <param name="indented">Whether it may take several lines.</param>
    public static string Text(Action<Utf8JsonWriter> write, bool indented)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = indented, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            write(writer);
        }

        return Unescape(Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length));
    }

    private static string Unescape(string json)
    {
        if (!json.Contains("\\uD", StringComparison.Ordinal))
        {
            return json;
        }

        var text = new StringBuilder(json.Length);
        for (int i = 0; i < json.Length;)
        {
            if (json[i] != '\\')
            {
                text.Append(json[i++]);
            }
            else if (Unit(json, i) is char high && char.IsHighSurrogate(high)
                && Unit(json, i + EscapeLength) is char low && char.IsLowSurrogate(low))
            {
                text.Append(high).Append(low);
                i += 2 * EscapeLength;
            }
            else
            {
                text.Append(json, i, 2);
                i += 2;
            }
        }

        return text.ToString();
    }

    private static char? Unit(string json, int at) =>
        at + EscapeLength <= json.Length && json[at] == '\\' && json[at + 1] == 'u'
        && ushort.TryParse(json.AsSpan(at + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort unit)
            ? (char)unit
            : null;
}
