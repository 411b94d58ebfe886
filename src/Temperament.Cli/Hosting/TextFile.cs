using System.Text;
using Temperament.Tensors.Memory;

namespace Temperament.Cli.Hosting;

/// <summary>Reads texts. Bytes that are not UTF-8 are an error: read as something else, they would be counted as other signs.</summary>
internal static class TextFile
{
    private const int MostCharacters = 1 << 28;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>All text of a file, without a byte order mark.</summary>
    /// <param name="path">File.</param>
    /// <param name="option">The option that named it, with a space behind it, for messages; empty for none.</param>
    /// <exception cref="UsageException">It is a folder.</exception>
    /// <exception cref="InvalidDataException">It is not in UTF-8, or longer than any text.</exception>
    public static string Read(string path, string option = "")
    {
        try
        {
            using var reader = new StreamReader(InputFile.Open(JsonLines.RequireFile(path)), Strict, detectEncodingFromByteOrderMarks: true);
            var text = new StringBuilder();
            var part = new char[1 << 16];
            for (int read; (read = reader.Read(part)) > 0;)
            {
                text.Append(part, 0, read);
                if (text.Length > MostCharacters)
                {
                    throw new InvalidDataException(
                        $"{path}: read more than {MostCharacters} characters of one text; expected fewer. Give a part of it.");
                }
            }

            return text.ToString();
        }
        catch (InputFileException error) when (option.Length > 0)
        {
            throw new InvalidDataException(option + error.Message, error);
        }
        catch (DecoderFallbackException error)
        {
            throw NotText(path, error);
        }
    }

    /// <summary>The lines of a file.</summary>
    /// <param name="path">File.</param>
    /// <exception cref="UsageException">It is a folder.</exception>
    /// <exception cref="InvalidDataException">It is not in UTF-8.</exception>
    public static IEnumerable<string> Lines(string path)
    {
        using var reader = new StreamReader(InputFile.Open(JsonLines.RequireFile(path)), Strict, detectEncodingFromByteOrderMarks: true);
        while (Next(reader, path) is { } line)
        {
            yield return line;
        }
    }

    private static string? Next(StreamReader reader, string path)
    {
        try
        {
            return reader.ReadLine();
        }
        catch (DecoderFallbackException error)
        {
            throw NotText(path, error);
        }
    }

    private static InvalidDataException NotText(string path, DecoderFallbackException error) => new(
        $"{path}: read the bytes {Convert.ToHexString(error.BytesUnknown ?? [])}, which are not UTF-8; expected text in UTF-8. Convert the file, or give one that is text.", error);
}
