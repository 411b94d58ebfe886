using System.Security.Cryptography;
using System.Text;

namespace Temperament.Tensors.Random;

/// <summary>
/// A stream of random numbers that is found by name: the same (seed, name) gives the same numbers, however the work around it is scheduled.
/// A name says what the numbers are for, as in "dropout/layer3/step120".
/// </summary>
public sealed class RandomStream
{
    private readonly ulong _key;
    private readonly ulong _high;
    private ulong _index;

    /// <summary>Opens the stream of a seed and a name.</summary>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="name">What the numbers are for.</param>
    public RandomStream(long seed, string name)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes(name), hash);
        _key = BitConverter.ToUInt64(hash) ^ (ulong)seed;
        _high = BitConverter.ToUInt64(hash[8..]);
    }

    /// <summary>The next 32 random bits.</summary>
    public uint NextWord()
    {
        PhiloxBlock block = Philox.At(_key, _high, _index >> 2);
        uint word = (_index & 3) switch { 0 => block.Word0, 1 => block.Word1, 2 => block.Word2, _ => block.Word3 };
        _index++;
        return word;
    }

    /// <summary>Uniform in [0, 1), 53 bits.</summary>
    public double NextDouble()
    {
        ulong high = NextWord() >> 5, low = NextWord() >> 6;
        return ((high * 67108864.0) + low) / 9007199254740992.0;
    }

    /// <summary>Uniform in 0 .. <paramref name="limit"/> - 1, without bias.</summary>
    /// <param name="limit">One more than the largest value; at least 1.</param>
    public int NextInt(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        uint reject = (uint)((0x1_0000_0000UL - (uint)limit) % (uint)limit);
        while (true)
        {
            ulong product = (ulong)NextWord() * (uint)limit;
            if ((uint)product >= reject)
            {
                return (int)(product >> 32);
            }
        }
    }

    /// <summary>Normal with mean 0 and deviation 1: the sum of twelve uniform words less six, exact arithmetic on every machine.</summary>
    /// <remarks>Logarithms and sines of the C runtime differ between machines; sums do not. Its tails end at six deviations.</remarks>
    public double NextNormal()
    {
        ulong sum = 0;
        for (int i = 0; i < 12; i++)
        {
            sum += NextWord();
        }

        return (sum / 4294967296.0) - 6 + (12 * 0.5 / 4294967296.0);
    }

    /// <summary>Puts the items in random order (Fisher and Yates).</summary>
    /// <param name="items">Items to shuffle in place.</param>
    /// <typeparam name="T">Type of the items.</typeparam>
    public void Shuffle<T>(Span<T> items)
    {
        for (int i = items.Length - 1; i > 0; i--)
        {
            int j = NextInt(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    /// <summary>One item, each as likely as the other.</summary>
    /// <param name="items">Items to choose from; at least one.</param>
    /// <typeparam name="T">Type of the items.</typeparam>
    public T Choose<T>(IReadOnlyList<T> items) => items[NextInt(items.Count)];
}
