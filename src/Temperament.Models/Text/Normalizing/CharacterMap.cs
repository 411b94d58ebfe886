using System.Buffers.Binary;

namespace Temperament.Models.Text.Normalizing;

/// <summary>
/// The rules of a SentencePiece model (<c>precompiled_charsmap</c>): a tree over bytes of UTF-8 in the double-array form of Darts, whose
/// leaves point to replacements, each ended by a zero byte. https://github.com/s-yata/darts-clone
/// </summary>
internal sealed class CharacterMap
{
    private readonly uint[] _units;
    private readonly byte[] _replacements;

    private CharacterMap(uint[] units, byte[] replacements)
    {
        _units = units;
        _replacements = replacements;
    }

    /// <summary>Reads the rules.</summary>
    /// <param name="blob">Length of the tree in bytes (4 bytes), tree, replacements; empty for no rules.</param>
    /// <returns>Null where there are no rules, or what is wrong with them.</returns>
    public static (CharacterMap? Map, string? Fault) Read(ReadOnlySpan<byte> blob)
    {
        if (blob.IsEmpty)
        {
            return (null, null);
        }

        uint size = blob.Length < 4 ? uint.MaxValue : BinaryPrimitives.ReadUInt32LittleEndian(blob);
        if (size > blob.Length - 4 || size % 4 != 0)
        {
            return (null, $"{blob.Length} bytes of character rules whose tree claims {size}");
        }

        var units = new uint[size / 4];
        for (int i = 0; i < units.Length; i++)
        {
            units[i] = BinaryPrimitives.ReadUInt32LittleEndian(blob[(4 + (i * 4))..]);
        }

        return (new CharacterMap(units, blob[(int)(4 + size)..].ToArray()), null);
    }

    /// <summary>The rule whose key a text begins with.</summary>
    /// <param name="text">Text in UTF-8.</param>
    /// <param name="longest">Whether the longest key counts, or the shortest.</param>
    /// <param name="length">Length of the key in bytes; 0 where there is none.</param>
    /// <returns>The replacement in UTF-8.</returns>
    public ReadOnlySpan<byte> Find(ReadOnlySpan<byte> text, bool longest, out int length)
    {
        length = 0;
        uint value = 0;
        uint node = _units.Length == 0 ? 0 : Offset(_units[0]);
        for (int at = 0; at < text.Length; at++)
        {
            node ^= text[at];
            if (node >= _units.Length || (_units[node] & 0x800000FF) != text[at])
            {
                break;
            }

            bool isEnd = (_units[node] & 0x100) != 0;
            node ^= Offset(_units[node]);
            if (isEnd && node < _units.Length)
            {
                value = _units[node] & 0x7FFFFFFF;
                length = at + 1;
                if (!longest)
                {
                    break;
                }
            }
        }

        if (length == 0 || value >= _replacements.Length)
        {
            length = 0;
            return [];
        }

        ReadOnlySpan<byte> rest = _replacements.AsSpan((int)value);
        int end = rest.IndexOf((byte)0);
        return end < 0 ? rest : rest[..end];
    }

    private static uint Offset(uint unit) => (unit >> 10) << (int)((unit & 0x200) >> 6);
}
