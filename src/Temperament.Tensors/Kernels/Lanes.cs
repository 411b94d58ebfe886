using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Temperament.Tensors.Kernels;

/// <summary>
/// Sixteen floats at a time. A remainder of fewer than sixteen passes through the same vector arithmetic in a zero-filled register, so
/// an element has the same bits wherever in a row it stands.
/// </summary>
internal static unsafe class Lanes
{
    /// <summary>Floats in one vector.</summary>
    public const int Width = 16;

    /// <summary>Loads <paramref name="count"/> floats (1 to 16); the other lanes hold <paramref name="fill"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(float* source, int count, float fill = 0) =>
        count >= Width ? Vector512.Load(source) : LoadPart(source, count, fill);

    /// <summary>Stores the first <paramref name="count"/> lanes (1 to 16).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<float> value, float* target, int count)
    {
        if (count >= Width)
        {
            value.Store(target);
        }
        else
        {
            StorePart(value, target, count);
        }
    }

    /// <summary>The largest of sixteen lanes, none of which is NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Max(Vector512<float> v)
    {
        Vector256<float> v8 = Larger(v.GetLower(), v.GetUpper());
        Vector128<float> v4 = Larger(v8.GetLower(), v8.GetUpper());
        float a = v4[0] > v4[1] ? v4[0] : v4[1], b = v4[2] > v4[3] ? v4[2] : v4[3];
        return a > b ? a : b;
    }

    /// <summary>Lane by lane the larger of two; <paramref name="b"/> where they cannot be compared.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Max(Vector512<float> a, Vector512<float> b) =>
        Avx512F.IsSupported ? Avx512F.Max(a, b) : Vector512.ConditionalSelect(Vector512.GreaterThan(a, b), a, b);

    /// <summary>Copies <paramref name="count"/> floats and fills up with <paramref name="fill"/>, so that a remainder can pass through the body of a loop.</summary>
    /// <param name="target">(<paramref name="width"/>) copy.</param>
    /// <param name="source">(<paramref name="count"/>) numbers.</param>
    /// <param name="count">Numbers that exist.</param>
    /// <param name="width">Numbers that are written.</param>
    /// <param name="fill">Value of the others.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Pad(float* target, float* source, int count, int width, float fill)
    {
        int i = 0;
        for (; i + Width <= count; i += Width)
        {
            Vector512.Load(source + i).Store(target + i);
        }

        int rest = i;
        for (; rest + Width <= width; rest += Width)
        {
            Vector512.Create(fill).Store(target + rest);
        }

        for (; rest < width; rest++)
        {
            target[rest] = fill;
        }

        for (; i < count; i++)
        {
            target[i] = source[i];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Larger(Vector256<float> a, Vector256<float> b) =>
        Vector256.ConditionalSelect(Vector256.GreaterThan(a, b), a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Larger(Vector128<float> a, Vector128<float> b) =>
        Vector128.ConditionalSelect(Vector128.GreaterThan(a, b), a, b);

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static Vector512<float> LoadPart(float* source, int count, float fill)
    {
        float* lanes = stackalloc float[Width];
        for (int i = 0; i < Width; i++)
        {
            lanes[i] = i < count ? source[i] : fill;
        }

        return Vector512.Load(lanes);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void StorePart(Vector512<float> value, float* target, int count)
    {
        float* lanes = stackalloc float[Width];
        value.Store(lanes);
        for (int i = 0; i < count; i++)
        {
            target[i] = lanes[i];
        }
    }
}
