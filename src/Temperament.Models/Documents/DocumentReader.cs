using System.Text;
using System.Text.Json;

namespace Temperament.Models.Documents;

/// <summary>
/// Reads settings files: JSON in which comments and a comma after the last item are allowed, and a field may not be given twice. Every
/// value keeps its place, so that a fault in its meaning can be shown where it stands.
/// </summary>
public static class DocumentReader
{
    private const int MaxDepth = 32;
    private const int MaxBytes = 16 << 20;

    /// <summary>Reads a file.</summary>
    /// <param name="path">File.</param>
    /// <exception cref="DocumentException">It is no JSON, or gives a field twice.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static DocumentValue ReadFile(string path)
    {
        long length = new FileInfo(path).Length;
        return length <= MaxBytes
            ? Parse(path, File.ReadAllBytes(path))
            : throw new DocumentException(path, 1, 1, $"read a file of {length:N0} bytes; expected settings of at most {MaxBytes:N0}.");
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
            var json = error as JsonException;
            string message = error.Message.Split(" LineNumber:", 2)[0];
            throw new DocumentException(path, (int)(json?.LineNumber ?? 0) + 1, (int)(json?.BytePositionInLine ?? 0) + 1,
                $"this is no JSON: {message}", error);
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
