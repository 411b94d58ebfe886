using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using System.Text;

namespace Temperament.Tensors.Random;

/// <summary>
/// Random weights in bulk. Number i of a weight is the sum of the four 16-bit halves of two Philox words, less its mean: bell-shaped, within
/// 3.5 deviations, exact on every machine, and a function of seed, name and i alone.
/// </summary>
public static unsafe class RandomWeights
{
    // Four whole numbers from 0 to 65535: their mean is 131070, and their variance 4 (65536^2 - 1) / 12.
    private const int Mean = 131070;
    private const double Deviation = 37837.22;
    private const int ValuesOfEight = 16;

    /// <summary>Fills consecutive numbers.</summary>
    /// <param name="seed">Seed.</param>
    /// <param name="name">Name of the weight.</param>
    /// <param name="first">Index of the first number in the flattened weight; a multiple of 16.</param>
    /// <param name="deviation">Standard deviation.</param>
    /// <param name="values">Receives the numbers.</param>
    public static void Fill(long seed, string name, long first, double deviation, Span<float> values)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfNotEqual(first % ValuesOfEight, 0, nameof(first));
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes(name), hash);
        ulong key = BitConverter.ToUInt64(hash) ^ (ulong)seed, high = BitConverter.ToUInt64(hash[8..]);
        float scale = (float)(deviation / Deviation);
        uint* words = stackalloc uint[2 * ValuesOfEight];
        float* block = stackalloc float[ValuesOfEight];
        for (int done = 0; done < values.Length; done += ValuesOfEight)
        {
            Philox.EightBlocks(key, high, (ulong)((first + done) / 2), words);
            Vector512<uint> a = Vector512.Load(words), b = Vector512.Load(words + ValuesOfEight), half = Vector512.Create(0xFFFFu);
            Vector512<int> sum = ((a & half) + (a >> 16) + (b & half) + (b >> 16)).AsInt32() - Vector512.Create(Mean);
            (Vector512.ConvertToSingle(sum) * Vector512.Create(scale)).Store(block);
            int count = Math.Min(ValuesOfEight, values.Length - done);
            new ReadOnlySpan<float>(block, count).CopyTo(values[done..]);
        }
    }
}
