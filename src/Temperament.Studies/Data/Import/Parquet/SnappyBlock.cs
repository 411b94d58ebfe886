namespace Temperament.Studies.Data.Import.Parquet;

/// <summary>Snappy's block format: a length, then literals and copies of what came before. https://github.com/google/snappy/blob/main/format_description.txt</summary>
internal static class SnappyBlock
{
    /// <summary>Unpacks a block.</summary>
    /// <param name="packed">The block.</param>
    /// <param name="length">How long it is unpacked; the block must say the same.</param>
    /// <exception cref="InvalidDataException">It is no such block.</exception>
    public static byte[] Unpack(ReadOnlySpan<byte> packed, int length)
    {
        int at = 0, written = 0;
        ulong said = 0;
        for (int shift = 0, more = 128; more >= 128; shift += 7)
        {
            more = shift < 35 ? Byte(packed, at++) : throw Broken();
            said |= (ulong)(more & 127) << shift;
        }

        if (said != (ulong)length)
        {
            throw new InvalidDataException($"a Snappy block of {said} bytes in a page of {length}");
        }

        var result = new byte[length];
        while (at < packed.Length)
        {
            int tag = packed[at++], count, offset;
            switch (tag & 3)
            {
                case 0:
                    int size = tag >> 2;
                    count = size < 60 ? size + 1 : (int)Math.Min(int.MaxValue, Little(packed, ref at, size - 59) + 1L);
                    if (count > packed.Length - at || count > length - written)
                    {
                        throw Broken();
                    }

                    packed.Slice(at, count).CopyTo(result.AsSpan(written));
                    (at, written) = (at + count, written + count);
                    continue;
                case 1:
                    (count, offset) = (((tag >> 2) & 7) + 4, ((tag >> 5) << 8) | Byte(packed, at++));
                    break;
                case 2:
                    (count, offset) = ((tag >> 2) + 1, (int)Little(packed, ref at, 2));
                    break;
                default:
                    (count, offset) = ((tag >> 2) + 1, (int)Math.Min(int.MaxValue, Little(packed, ref at, 4)));
                    break;
            }

            if (offset == 0 || offset > written || count > length - written)
            {
                throw Broken();
            }

            // A copy may reach into what it writes itself, so it goes byte by byte.
            for (int end = written + count; written < end; written++)
            {
                result[written] = result[written - offset];
            }
        }

        return written == length ? result : throw Broken();
    }

    private static long Little(ReadOnlySpan<byte> packed, ref int at, int bytes)
    {
        long value = 0;
        for (int i = 0; i < bytes; i++)
        {
            value |= (long)Byte(packed, at++) << (8 * i);
        }

        return value;
    }

    private static int Byte(ReadOnlySpan<byte> packed, int at) => at < packed.Length ? packed[at] : throw Broken();

    private static InvalidDataException Broken() => new("a damaged Snappy block");
}
