using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Temperament.Tensors.Random;

/// <summary>
/// Philox4x32-10, a counter-based generator: four random words from a 64-bit key and a 128-bit counter, without state.
/// Salmon et al. 2011, "Parallel Random Numbers: As Easy as 1, 2, 3", https://doi.org/10.1145/2063384.2063405.
/// </summary>
public static class Philox
{
    private const uint Multiplier0 = 0xD2511F53;
    private const uint Multiplier1 = 0xCD9E8D57;
    private const uint Weyl0 = 0x9E3779B9;
    private const uint Weyl1 = 0xBB67AE85;

    /// <summary>The four words at one place of the stream.</summary>
    /// <param name="key">Key: which stream.</param>
    /// <param name="high">High half of the counter.</param>
    /// <param name="low">Low half of the counter.</param>
    public static PhiloxBlock At(ulong key, ulong high, ulong low)
    {
        uint c0 = (uint)low, c1 = (uint)(low >> 32), c2 = (uint)high, c3 = (uint)(high >> 32);
        uint k0 = (uint)key, k1 = (uint)(key >> 32);
        for (int round = 0; round < 10; round++)
        {
            ulong p0 = (ulong)Multiplier0 * c0;
            ulong p1 = (ulong)Multiplier1 * c2;
            (c0, c1, c2, c3) = ((uint)(p1 >> 32) ^ c1 ^ k0, (uint)p1, (uint)(p0 >> 32) ^ c3 ^ k1, (uint)p0);
            k0 += Weyl0;
            k1 += Weyl1;
        }

        return new PhiloxBlock(c0, c1, c2, c3);
    }

    /// <summary>Writes the 32 words of eight consecutive places.</summary>
    /// <param name="key">Key: which stream.</param>
    /// <param name="high">High half of the counter.</param>
    /// <param name="low">Low half of the counter of the first place.</param>
    /// <param name="words">32 words: word w of place low + j at 4 * j + w.</param>
    internal static unsafe void EightBlocks(ulong key, ulong high, ulong low, uint* words)
    {
        // Lane j is place low + j. A word sits in the lower half of its 64-bit lane; what the upper half holds is never read.
        Vector512<ulong> counter = Vector512.Create(low) + Vector512<ulong>.Indices;
        Vector512<ulong> c0 = counter, c1 = counter >> 32, c2 = Vector512.Create(high), c3 = Vector512.Create(high >> 32);
        uint k0 = (uint)key, k1 = (uint)(key >> 32);
        for (int round = 0; round < 10; round++)
        {
            Vector512<ulong> p0 = MultiplyLower(c0, Multiplier0), p1 = MultiplyLower(c2, Multiplier1);
            c0 = (p1 >> 32) ^ c1 ^ Vector512.Create((ulong)k0);
            c2 = (p0 >> 32) ^ c3 ^ Vector512.Create((ulong)k1);
            c1 = p1;
            c3 = p0;
            k0 += Weyl0;
            k1 += Weyl1;
        }

        ulong* first = stackalloc ulong[16];
        Vector512<ulong> lower = Vector512.Create(0xFFFFFFFFUL);
        ((c0 & lower) | (c1 << 32)).Store(first);
        ((c2 & lower) | (c3 << 32)).Store(first + 8);
        ulong* pairs = (ulong*)words;
        for (int j = 0; j < 8; j++)
        {
            pairs[2 * j] = first[j];
            pairs[(2 * j) + 1] = first[8 + j];
        }
    }

    /// <summary>The product of the lower half of each lane with a number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> MultiplyLower(Vector512<ulong> lanes, uint factor)
    {
        if (Avx512F.IsSupported)
        {
            return Avx512F.Multiply(lanes.AsUInt32(), Vector512.Create((ulong)factor).AsUInt32());
        }

        if (Avx2.IsSupported)
        {
            Vector256<uint> factors = Vector256.Create((ulong)factor).AsUInt32();
            return Vector512.Create(Avx2.Multiply(lanes.GetLower().AsUInt32(), factors), Avx2.Multiply(lanes.GetUpper().AsUInt32(), factors));
        }

        return (lanes & Vector512.Create(0xFFFFFFFFUL)) * Vector512.Create((ulong)factor);
    }
}

/// <summary>Four random words.</summary>
/// <param name="Word0">First word.</param>
/// <param name="Word1">Second word.</param>
/// <param name="Word2">Third word.</param>
/// <param name="Word3">Fourth word.</param>
public readonly record struct PhiloxBlock(uint Word0, uint Word1, uint Word2, uint Word3);
