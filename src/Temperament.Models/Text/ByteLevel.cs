namespace Temperament.Models.Text;

/// <summary>
/// GPT-2's table of one printable character for each byte, in which byte-level vocabularies are written: printable Latin-1 stands for
/// itself, the 68 other bytes for U+0100 onwards.
/// </summary>
internal static class ByteLevel
{
    private static readonly char[] Characters = MakeCharacters();
    private static readonly short[] Bytes = MakeBytes();

    /// <summary>The character of a byte.</summary>
    public static char Character(byte value) => Characters[value];

    /// <summary>The byte of a character, or -1 if it is not in the table.</summary>
    public static int Byte(char character) => character < Bytes.Length ? Bytes[character] : -1;

    /// <summary>Writes text as the characters of its UTF-8 bytes.</summary>
    public static string Map(ReadOnlySpan<char> text)
    {
        byte[] bytes = new byte[System.Text.Encoding.UTF8.GetMaxByteCount(text.Length)];
        int length = System.Text.Encoding.UTF8.GetBytes(text, bytes);
        return string.Create(length, bytes, static (span, source) =>
        {
            for (int i = 0; i < span.Length; i++)
            {
                span[i] = Characters[source[i]];
            }
        });
    }

    /// <summary>The bytes of a text in table characters; false if one character is not in the table.</summary>
    public static bool TryUnmap(ReadOnlySpan<char> text, Span<byte> bytes)
    {
        for (int i = 0; i < text.Length; i++)
        {
            int value = Byte(text[i]);
            if (value < 0)
            {
                return false;
            }

            bytes[i] = (byte)value;
        }

        return true;
    }

    private static char[] MakeCharacters()
    {
        var characters = new char[256];
        int next = 0x100;
        for (int b = 0; b < 256; b++)
        {
            bool printable = b is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or >= 0xAE;
            characters[b] = (char)(printable ? b : next++);
        }

        return characters;
    }

    private static short[] MakeBytes()
    {
        var bytes = new short[0x144];
        Array.Fill(bytes, (short)-1);
        for (int b = 0; b < 256; b++)
        {
            bytes[Characters[b]] = (short)b;
        }

        return bytes;
    }
}
