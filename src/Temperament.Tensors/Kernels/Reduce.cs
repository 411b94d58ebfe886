using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Temperament.Tensors.Kernels;

/// <summary>
/// Sums whose order of addition is part of the contract: element i goes to lane i mod 64, and the 64 lanes are folded in halves
/// (32, 16, ... 1). A run therefore gives the same bits on AVX-512, AVX2, NEON and without vector instructions.
/// </summary>
public static unsafe class Reduce
{
    internal const int Block = 64;

    /// <summary>Inner product.</summary>
    /// <param name="x">(N) numbers.</param>
    /// <param name="y">(N) numbers.</param>
    public static float Dot(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(y.Length, x.Length);
        fixed (float* xs = x, ys = y)
        {
            return Dot(xs, ys, x.Length);
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static float Dot(float* x, float* y, int count)
    {
        // Four registers of sixteen lanes are enough independent chains to hide the latency of one FMA. Where the machine is
        // narrower than 512 bits, the JIT splits each Vector512 into halves, which keeps the same lanes. The remainder goes through
        // the body too, filled up with zeros: a call inside the loop would keep the sums out of the registers.
        float* lastX = stackalloc float[Block], lastY = stackalloc float[Block];
        int whole = count & -Block;
        if (whole < count)
        {
            Lanes.Pad(lastX, x + whole, count - whole, Block, 0);
            Lanes.Pad(lastY, y + whole, count - whole, Block, 0);
        }

        Vector512<float> a = default, b = default, c = default, d = default;
        for (int i = 0; i < count; i += Block)
        {
            float* p = i < whole ? x + i : lastX, q = i < whole ? y + i : lastY;
            a = Vector512.FusedMultiplyAdd(Vector512.Load(p), Vector512.Load(q), a);
            b = Vector512.FusedMultiplyAdd(Vector512.Load(p + 16), Vector512.Load(q + 16), b);
            c = Vector512.FusedMultiplyAdd(Vector512.Load(p + 32), Vector512.Load(q + 32), c);
            d = Vector512.FusedMultiplyAdd(Vector512.Load(p + 48), Vector512.Load(q + 48), d);
        }

        return Fold((a + c) + (b + d));
    }

    /// <summary>Largest of <paramref name="count"/> numbers, NaN left out; minus infinity for none.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static float Max(float* x, int count)
    {
        float* last = stackalloc float[Block];
        int whole = count & -Block;
        if (whole < count)
        {
            Lanes.Pad(last, x + whole, count - whole, Block, float.NegativeInfinity);
        }

        Vector512<float> a = Vector512.Create(float.NegativeInfinity), b = a, c = a, d = a;
        for (int i = 0; i < count; i += Block)
        {
            float* p = i < whole ? x + i : last;
            a = Lanes.Max(Vector512.Load(p), a);
            b = Lanes.Max(Vector512.Load(p + 16), b);
            c = Lanes.Max(Vector512.Load(p + 32), c);
            d = Lanes.Max(Vector512.Load(p + 48), d);
        }

        return Lanes.Max(Lanes.Max(Lanes.Max(a, b), Lanes.Max(c, d)));
    }

    /// <summary>The sum of e^(x - shift), lanes as in <see cref="Dot(float*, float*, int)"/>.</summary>
    /// <param name="x">(count) exponents.</param>
    /// <param name="shift">Subtracted from each.</param>
    /// <param name="count">Number of them.</param>
    /// <param name="next">What is read after this, asked for on the way.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static float ExpSum(float* x, float shift, int count, float* next)
    {
        // Lanes without an element hold e^-inf = 0.
        float* last = stackalloc float[Block];
        int whole = count & -Block;
        if (whole < count)
        {
            Lanes.Pad(last, x + whole, count - whole, Block, float.NegativeInfinity);
        }

        Vector512<float> a = default, b = default, c = default, d = default, down = Vector512.Create(shift);
        for (int i = 0; i < count; i += Block)
        {
            float* p = i < whole ? x + i : last;
            Streaming.Prefetch(next + i);
            Streaming.Prefetch(next + i + 16);
            Streaming.Prefetch(next + i + 32);
            Streaming.Prefetch(next + i + 48);
            a += Exp.Of(Vector512.Load(p) - down);
            b += Exp.Of(Vector512.Load(p + 16) - down);
            c += Exp.Of(Vector512.Load(p + 32) - down);
            d += Exp.Of(Vector512.Load(p + 48) - down);
        }

        return Fold((a + c) + (b + d));
    }

    /// <summary>Writes y = e^(x - shift) and returns the sum, with the bits of the other <c>ExpSum</c>.</summary>
    /// <param name="y">(count) output; may be <paramref name="x"/>.</param>
    /// <param name="x">(count) exponents.</param>
    /// <param name="shift">Subtracted from each.</param>
    /// <param name="count">Number of them.</param>
    /// <param name="next">What is read after this, asked for on the way.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static float ExpSum(float* y, float* x, float shift, int count, float* next)
    {
        float* last = stackalloc float[Block];
        int whole = count & -Block;
        if (whole < count)
        {
            Lanes.Pad(last, x + whole, count - whole, Block, float.NegativeInfinity);
        }

        Vector512<float> a = default, b = default, c = default, d = default, down = Vector512.Create(shift);
        for (int i = 0; i < count; i += Block)
        {
            float* p = i < whole ? x + i : last, q = i < whole ? y + i : last;
            Streaming.Prefetch(next + i);
            Streaming.Prefetch(next + i + 16);
            Streaming.Prefetch(next + i + 32);
            Streaming.Prefetch(next + i + 48);
            Vector512<float> e0 = Exp.Of(Vector512.Load(p) - down), e1 = Exp.Of(Vector512.Load(p + 16) - down);
            Vector512<float> e2 = Exp.Of(Vector512.Load(p + 32) - down), e3 = Exp.Of(Vector512.Load(p + 48) - down);
            e0.Store(q);
            e1.Store(q + 16);
            e2.Store(q + 32);
            e3.Store(q + 48);
            a += e0;
            b += e1;
            c += e2;
            d += e3;
        }

        float sum = Fold((a + c) + (b + d));
        if (whole < count)
        {
            Lanes.Pad(y + whole, last, count - whole, count - whole, 0);
        }

        return sum;
    }

    // Folding the registers and then one register in halves is the same tree as folding 64 lanes in halves.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static float Fold(Vector512<float> v)
    {
        Vector256<float> v8 = v.GetLower() + v.GetUpper();
        Vector128<float> v4 = v8.GetLower() + v8.GetUpper();
        return (v4[0] + v4[2]) + (v4[1] + v4[3]);
    }
}
