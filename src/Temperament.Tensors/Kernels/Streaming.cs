using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Temperament.Tensors.Kernels;

/// <summary>
/// Memory traffic of kernels that pass once over tensors: stores that leave the caches alone, and hints for what is read next.
/// None of it changes a bit of a result.
/// </summary>
internal static unsafe class Streaming
{
    // Larger than the last cache of common machines by a factor of four. Below it the next kernel finds results in a cache; above it
    // an ordinary store first reads the line that it overwrites, which is a third of the traffic of a copy.
    private const long Bytes = 128 << 20;

    /// <summary>Bytes of a call from which results go past the caches; tests lower it.</summary>
    internal static long Threshold { get; set; } = Bytes;

    /// <summary>Whether results should go past the caches.</summary>
    /// <param name="floats">Numbers that the call reads and writes.</param>
    public static bool Pays(long floats) => floats * sizeof(float) >= Threshold;

    /// <summary>Elements before the first one at the start of a cache line, at most <paramref name="count"/>.</summary>
    /// <param name="target">First element.</param>
    /// <param name="count">Number of elements.</param>
    public static int Head(float* target, int count)
    {
        nuint beyond = (nuint)target & 63;
        return beyond % sizeof(float) != 0 ? count : (int)Math.Min((nuint)count, ((64 - beyond) & 63) / sizeof(float));
    }

    /// <summary>Stores sixteen lanes; past the caches if <paramref name="past"/>, and then the target is the start of a cache line.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<float> value, float* target, bool past)
    {
        if (past)
        {
            value.StoreAlignedNonTemporal(target);
        }
        else
        {
            value.Store(target);
        }
    }

    /// <summary>Asks for a cache line that is read soon. Only a hint: the address may lie beyond the tensor.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(float* source)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(source);
        }
    }

    /// <summary>As <see cref="Prefetch"/>, into the second cache: for more than the first one has room for.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PrefetchSecond(float* source)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch1(source);
        }
    }

    /// <summary>Asks for four cache lines, 64 numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PrefetchBlock(float* source)
    {
        Prefetch(source);
        Prefetch(source + 16);
        Prefetch(source + 32);
        Prefetch(source + 48);
    }

    /// <summary>Makes stores past the caches visible to other threads before anything that follows.</summary>
    public static void Fence()
    {
        if (Sse.IsSupported)
        {
            Sse.StoreFence();
        }
    }
}
