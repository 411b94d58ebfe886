using System.Text;

namespace Temperament.Studies.Data;

/// <summary>One record of a CSV file.</summary>
/// <param name="Line">Line on which it begins, from 1.</param>
/// <param name="Fields">Its fields.</param>
internal sealed record CsvRecord(long Line, IReadOnlyList<string> Fields);

/// <summary>
/// Reads comma-separated values as RFC 4180 has them, in UTF-8 with or without a byte order mark, lines ended by LF or CRLF.
/// A record may hold at most 1 MiB; no more of a file than that is ever in memory.
/// </summary>
/// <param name="stream">Where the bytes come from; not closed here.</param>
/// <param name="path">Name of the file in messages.</param>
internal sealed class CsvReader(Stream stream, string path)
{
    private const int LargestRecord = 1 << 20;
    private const int End = -1;

    private static readonly UTF8Encoding Strict = new(false, true);

    private readonly byte[] _buffer = new byte[1 << 16];
    private byte[] _field = new byte[1 << 10];
    private int _length;
    private int _count;
    private int _next;
    private long _line = 1;
    private int _size;
    private bool _begun;

    private enum Ending
    {
        Field,
        Record,
        File,
    }

    /// <summary>Reads the next record; empty lines are passed over.</summary>
    /// <returns>Null at the end of the file.</returns>
    /// <exception cref="DataFileException">The text is no CSV, not in UTF-8, or a record is too large.</exception>
    public CsvRecord? Read()
    {
        if (!_begun)
        {
            _begun = true;
            SkipMark();
        }

        while (Peek() != End)
        {
            long line = _line;
            _size = 0;
            List<string> fields = [];
            Ending ending;
            do
            {
                ending = Peek() == '"' ? ReadQuoted() : ReadPlain();
                fields.Add(Decode());
            }
            while (ending == Ending.Field);

            if (fields.Count > 1 || fields[0].Length > 0)
            {
                return new CsvRecord(line, fields);
            }
        }

        return null;
    }

    private Ending ReadPlain()
    {
        while (true)
        {
            int read = Next();
            switch (read)
            {
                case End:
                    return Ending.File;
                case ',':
                    return Ending.Field;
                case '\n':
                    return EndLine();
                case '\r':
                    return CarriageReturn();
                case '"':
                    throw Fault("a quote inside a field that does not begin with one", "quotes around the whole field",
                        "Put the field in quotes and double each quote within it.");
                default:
                    Keep(read);
                    break;
            }
        }
    }

    private Ending ReadQuoted()
    {
        long opened = _line;
        Next();
        while (true)
        {
            int read = Next();
            if (read == '"' && Peek() == '"')
            {
                Next();
                Keep('"');
            }
            else if (read == '"')
            {
                return Next() switch
                {
                    End => Ending.File,
                    ',' => Ending.Field,
                    '\n' => EndLine(),
                    '\r' => CarriageReturn(),
                    int other => throw Fault($"\"{(char)other}\" after a closing quote", "a comma or the end of the line",
                        "Double each quote within a quoted field."),
                };
            }
            else if (read == End)
            {
                throw new DataFileException(path, opened, "a quote that is never closed", "a closing quote before the end of the file",
                    "Close the field that begins here, or double the quote.");
            }
            else
            {
                _line += read == '\n' ? 1 : 0;
                Keep(read);
            }
        }
    }

    private Ending CarriageReturn()
    {
        if (Peek() != '\n')
        {
            throw Fault("a carriage return without a line feed", "lines that end in LF or CRLF", "Convert the line ends of the file.");
        }

        Next();
        return EndLine();
    }

    private Ending EndLine()
    {
        _line++;
        return Ending.Record;
    }

    private void Keep(int read)
    {
        if (read == 0)
        {
            throw Fault("a zero byte", "text in UTF-8", "Convert the file to UTF-8; UTF-16 and binary files are not read.");
        }

        if (++_size > LargestRecord)
        {
            throw Fault($"a record of more than {LargestRecord:N0} bytes", "one opinion a record", "Look for a quote that is never closed, or for the wrong kind of file.");
        }

        if (_length == _field.Length)
        {
            Array.Resize(ref _field, 2 * _length);
        }

        _field[_length++] = (byte)read;
    }

    private string Decode()
    {
        try
        {
            return Strict.GetString(_field, 0, _length);
        }
        catch (DecoderFallbackException error)
        {
            string bytes = Convert.ToHexString(error.BytesUnknown ?? []);
            throw new DataFileException(path, _line, $"the bytes {bytes}, which are not UTF-8", "text in UTF-8", "Convert the file to UTF-8.", error);
        }
        finally
        {
            _length = 0;
        }
    }

    private void SkipMark()
    {
        Peek();
        if (_count >= 2 && _buffer[0] is 0xFE or 0xFF && _buffer[1] is 0xFE or 0xFF && _buffer[0] != _buffer[1])
        {
            throw Fault("the byte order mark of UTF-16", "text in UTF-8", "Convert the file to UTF-8.");
        }

        _next = _buffer.AsSpan(0, _count).StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.Preamble.Length : 0;
    }

    private int Next()
    {
        int read = Peek();
        _next++;
        return read;
    }

    private int Peek()
    {
        if (_next >= _count)
        {
            _count = stream.ReadAtLeast(_buffer, 3, throwOnEndOfStream: false);
            _next = 0;
            if (_count == 0)
            {
                return End;
            }
        }

        return _buffer[_next];
    }

    private DataFileException Fault(string read, string expected, string hint) => new(path, _line, read, expected, hint);
}
