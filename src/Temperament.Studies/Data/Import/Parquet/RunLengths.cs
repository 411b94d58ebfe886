namespace Temperament.Studies.Data.Import.Parquet;

/// <summary>Small whole numbers as runs of one value and as groups of eight packed by bits: Parquet's encoding RLE.</summary>
internal static class RunLengths
{
    /// <summary>Reads numbers.</summary>
    /// <param name="from">The bytes.</param>
    /// <param name="bits">Width of a number, 0 to 32.</param>
    /// <param name="count">How many to read.</param>
    /// <exception cref="InvalidDataException">The bytes end too early, or the width is none.</exception>
    public static int[] Read(ReadOnlySpan<byte> from, int bits, int count)
    {
        if (bits is < 0 or > 32)
        {
            throw new InvalidDataException($"numbers of {bits} bits");
        }

        var numbers = new int[count];
        int at = 0, done = 0;
        while (done < count)
        {
            uint head = Varint(from, ref at);
            long run = head >> 1;
            if ((head & 1) == 0)
            {
                int value = 0;
                for (int i = 0; i < (bits + 7) / 8; i++)
                {
                    value |= Byte(from, at++) << (8 * i);
                }

                int length = (int)Math.Min(run, count - done);
                if (length == 0)
                {
                    throw new InvalidDataException("an empty run");
                }

                numbers.AsSpan(done, length).Fill(value);
                done += length;
                continue;
            }

            int packed = (int)Math.Min(8 * run, count - done);
            if (packed == 0)
            {
                throw new InvalidDataException("an empty run");
            }

            long bit = 8L * at;
            for (int i = 0; i < packed; i++)
            {
                int value = 0;
                for (int b = 0; b < bits; b++, bit++)
                {
                    value |= ((Byte(from, (int)(bit >> 3)) >> (int)(bit & 7)) & 1) << b;
                }

                numbers[done++] = value;
            }

            at = (int)Math.Min(from.Length, at + (run * bits));
        }

        return numbers;
    }

    private static uint Varint(ReadOnlySpan<byte> from, ref int at)
    {
        uint value = 0;
        for (int shift = 0; shift < 32; shift += 7)
        {
            int read = Byte(from, at++);
            value |= (uint)(read & 127) << shift;
            if (read < 128)
            {
                return value;
            }
        }

        throw new InvalidDataException("a run of more than 32 bits");
    }

    private static int Byte(ReadOnlySpan<byte> from, int at) => (uint)at < (uint)from.Length ? from[at] : throw new InvalidDataException("runs that end too early");
}
