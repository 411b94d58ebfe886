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

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static float Dot(float* x, float* y, int count)
    {
        // Four registers of sixteen lanes are enough independent chains to hide the latency of one FMA. Where the machine is
        // narrower than 512 bits, the JIT splits each Vector512 into halves, which keeps the same lanes.
        Vector512<float> a = default, b = default, c = default, d = default;
        int i = 0;
        for (; i + Block <= count; i += Block)
        {
            a = Vector512.FusedMultiplyAdd(Vector512.Load(x + i), Vector512.Load(y + i), a);
            b = Vector512.FusedMultiplyAdd(Vector512.Load(x + i + 16), Vector512.Load(y + i + 16), b);
            c = Vector512.FusedMultiplyAdd(Vector512.Load(x + i + 32), Vector512.Load(y + i + 32), c);
            d = Vector512.FusedMultiplyAdd(Vector512.Load(x + i + 48), Vector512.Load(y + i + 48), d);
        }

        if (i < count)
        {
            a = Vector512.FusedMultiplyAdd(Lanes.Load(x + i, count - i), Lanes.Load(y + i, count - i), a);
        }

        if (i + 16 < count)
        {
            b = Vector512.FusedMultiplyAdd(Lanes.Load(x + i + 16, count - i - 16), Lanes.Load(y + i + 16, count - i - 16), b);
        }

        if (i + 32 < count)
        {
            c = Vector512.FusedMultiplyAdd(Lanes.Load(x + i + 32, count - i - 32), Lanes.Load(y + i + 32, count - i - 32), c);
        }

        if (i + 48 < count)
        {
            d = Vector512.FusedMultiplyAdd(Lanes.Load(x + i + 48, count - i - 48), Lanes.Load(y + i + 48, count - i - 48), d);
        }

        return Fold((a + c) + (b + d));
    }

    /// <summary>Largest of <paramref name="count"/> numbers; minus infinity for none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static float Max(float* x, int count)
    {
        Vector512<float> a = Vector512.Create(float.NegativeInfinity), b = a;
        int i = 0;
        for (; i + 32 <= count; i += 32)
        {
            a = Lanes.Max(Vector512.Load(x + i), a);
            b = Lanes.Max(Vector512.Load(x + i + 16), b);
        }

        for (; i < count; i += Lanes.Width)
        {
            a = Lanes.Max(Lanes.Load(x + i, count - i, float.NegativeInfinity), a);
        }

        return Lanes.Max(Lanes.Max(a, b));
    }

    /// <summary>The sum of e^(x - shift), lanes as in <see cref="Dot(float*, float*, int)"/>.</summary>
    internal static float ExpSum(float* x, float shift, int count) => ExpSum(null, x, shift, count);

    /// <summary>Writes y = e^(x - shift), unless y is null, and returns the sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static float ExpSum(float* y, float* x, float shift, int count)
    {
        Vector512<float> a = default, b = default, c = default, d = default;
        Vector512<float> down = Vector512.Create(shift);
        int i = 0;
        for (; i + Block <= count; i += Block)
        {
            Vector512<float> e0 = Exp.Of(Vector512.Load(x + i) - down), e1 = Exp.Of(Vector512.Load(x + i + 16) - down);
            Vector512<float> e2 = Exp.Of(Vector512.Load(x + i + 32) - down), e3 = Exp.Of(Vector512.Load(x + i + 48) - down);
            if (y is not null)
            {
                e0.Store(y + i);
                e1.Store(y + i + 16);
                e2.Store(y + i + 32);
                e3.Store(y + i + 48);
            }

            a += e0;
            b += e1;
            c += e2;
            d += e3;
        }

        for (int register = 0; i < count; i += Lanes.Width, register++)
        {
            // Lanes without an element hold e^-inf = 0.
            Vector512<float> e = Exp.Of(Lanes.Load(x + i, count - i, float.NegativeInfinity) - down);
            if (y is not null)
            {
                Lanes.Store(e, y + i, count - i);
            }

            a = register == 0 ? a + e : a;
            b = register == 1 ? b + e : b;
            c = register == 2 ? c + e : c;
            d = register == 3 ? d + e : d;
        }

        return Fold((a + c) + (b + d));
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
