using System.Text;
using System.Text.Json;
using Temperament.Tensors.Memory;

namespace Temperament.Models.Documents;

/// <summary>
/// Reads settings files: JSON in which comments and a comma after the last item are allowed, and a field may not be given twice. Every
/// value keeps its place, so that a fault in its meaning can be shown where it stands.
/// </summary>
public static class DocumentReader
{
    private const int MaxDepth = 32;
    private const int MaxBytes = 16 << 20;
    private const int MostShown = 32;

    /// <summary>Reads a file.</summary>
    /// <param name="path">File.</param>
    /// <exception cref="DocumentException">It is not there, is a folder, is no JSON, or gives a field twice.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static DocumentValue ReadFile(string path)
    {
        if (Directory.Exists(path))
        {
            string? one = Directory.EnumerateFiles(path, "*.json").Order(StringComparer.Ordinal).FirstOrDefault();
            throw new DocumentException(path, "read a folder; expected a file of JSON. "
                + (one is null ? "There is none in it: check the path." : $"Give a file in it, such as {one}."));
        }

        if (!File.Exists(path))
        {
            throw new DocumentException(path, $"read nothing, since there is no such file; expected a file of JSON. Check the path; it is read from {Environment.CurrentDirectory}.");
        }

        try
        {
            return Parse(path, InputFile.ReadAll(path, MaxBytes));
        }
        catch (InputFileException error)
        {
            throw new DocumentException(path, $"read {error.Read}; expected a file of JSON. {error.Hint}", error);
        }
    }

    /// <summary>Reads UTF-8 text.</summary>
    /// <param name="path">Name of the text in messages.</param>
    /// <param name="utf8">The text, with or without a byte order mark.</param>
    /// <exception cref="DocumentException">It is no JSON, or gives a field twice.</exception>
    public static DocumentValue Parse(string path, ReadOnlySpan<byte> utf8)
    {
        if (utf8.StartsWith(Encoding.UTF8.Preamble))
        {
            utf8 = utf8[Encoding.UTF8.Preamble.Length..];
        }

        var walk = new Walk(path, utf8);
        try
        {
            walk.Reader.Read();
            DocumentValue value = walk.Value();
            while (walk.Reader.Read())
            {
            }

            return value;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw walk.NoJson(error);
        }
    }

    private ref struct Walk
    {
        private readonly string _path;
        private readonly ReadOnlySpan<byte> _text;
        private int _lineStart;
        private int _line = 1;
        private int _seen;

        public Utf8JsonReader Reader;

        public Walk(string path, ReadOnlySpan<byte> text)
        {
            _path = path;
            _text = text;
            Reader = new Utf8JsonReader(text, new JsonReaderOptions
            {
                CommentHandling = JsonCommentHandling.Skip,
                AllowTrailingCommas = true,
                MaxDepth = MaxDepth,
            });
        }

        public DocumentValue Value()
        {
            (int line, int column) = Place();
            JsonTokenType kind = Reader.TokenType;
            return kind switch
            {
                JsonTokenType.StartObject => new DocumentValue(_path, line, column, kind) { Fields = Fields() },
                JsonTokenType.StartArray => new DocumentValue(_path, line, column, kind) { Items = Items() },
                JsonTokenType.String => new DocumentValue(_path, line, column, kind) { Text = Reader.GetString()! },
                JsonTokenType.Number => new DocumentValue(_path, line, column, kind) { Text = Encoding.UTF8.GetString(Reader.ValueSpan) },
                _ => new DocumentValue(_path, line, column, kind),
            };
        }

        private List<DocumentField> Fields()
        {
            var fields = new List<DocumentField>();
            while (Reader.Read() && Reader.TokenType == JsonTokenType.PropertyName)
            {
                (int line, int column) = Place();
                string name = Reader.GetString()!;
                if (fields.Exists(field => field.Name == name))
                {
                    throw new DocumentException(_path, line, column, $"\"{name}\" is given twice. Remove one of the two.");
                }

                Reader.Read();
                fields.Add(new DocumentField(name, line, column, Value()));
            }

            return fields;
        }

        private List<DocumentValue> Items()
        {
            var items = new List<DocumentValue>();
            while (Reader.Read() && Reader.TokenType != JsonTokenType.EndArray)
            {
                items.Add(Value());
            }

            return items;
        }

        // The parser says where it stopped in lines and bytes from 0; where it could not decode a text, the token is the place.
        public DocumentException NoJson(Exception error)
        {
            (int line, int column) = error is JsonException { LineNumber: long l, BytePositionInLine: long c } ? ((int)l + 1, (int)c + 1) : Place();
            int start = 0;
            for (int i = 1; i < line && start < _text.Length; i++)
            {
                start += _text[start..].IndexOf((byte)'\n') + 1;
            }

            ReadOnlySpan<byte> rest = _text[Math.Min(_text.Length, start + column - 1)..];
            int end = rest.IndexOfAny("\r\n"u8);
            string shown = Encoding.UTF8.GetString(rest[..Math.Min(end < 0 ? rest.Length : end, MostShown)]);
            string read = _text.IndexOfAnyExcept(" \t\r\n"u8) < 0 ? "an empty file" : shown.Length == 0 ? "the end of the line" : $"\"{Escaped(shown)}\"";
            string expected = error.Message.Contains("depth", StringComparison.Ordinal) ? $"a depth of at most {MaxDepth}" : "one JSON object, { \"name\": value, ... }";
            return new DocumentException(_path, line, column,
                $"this is no JSON: read {read}; expected {expected}. Look for a comma, quote or brace that is missing or too many here or just before.", error);
        }

        private static string Escaped(string text) => string.Concat(text.Select(c => char.IsControl(c) || c == '\uFFFD' ? '.' : c));

        private (int Line, int Column) Place()
        {
            int at = (int)Reader.TokenStartIndex;
            for (; _seen < at; _seen++)
            {
                if (_text[_seen] == '\n')
                {
                    _line++;
                    _lineStart = _seen + 1;
                }
            }

            return (_line, at - _lineStart + 1);
        }
    }
}
