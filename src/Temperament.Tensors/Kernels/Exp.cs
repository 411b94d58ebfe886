using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Temperament.Tensors.Kernels;

/// <summary>
/// e^x by one polynomial for scalars and vectors, relative error below 2e-7. The C runtimes of different machines round differently;
/// this gives the same bits on all of them.
/// </summary>
/// <remarks>
/// x = n ln 2 + r with |r| &lt;= ln 2 / 2, and e^r = 1 + r + r^2 q(r), where q of degree 4 interpolates at the Chebyshev points (error 1.1e-8).
/// 2^n is multiplied in two halves, so that results below 2^-126 are rounded once. NaN stays NaN.
/// </remarks>
public static unsafe class Exp
{
    private const float Lowest = -104f;
    private const float Highest = 89f;
    private const float Log2E = 1.44269502f;
    private const float Ln2High = 0.693147182f;
    private const float Ln2Low = -1.90465421e-9f;
    private const float Q0 = 0.5f;
    private const float Q1 = 0.166665763f;
    private const float Q2 = 0.0416665524f;
    private const float Q3 = 0.00836323295f;
    private const float Q4 = 0.00139262504f;

    // 1.5 * 2^23: adding it leaves the nearest integer in the low bits of the float.
    private const float Magic = 12582912f;
    private const int MagicBits = 0x4B400000;

    /// <summary>e^x of one number.</summary>
    /// <param name="x">Exponent.</param>
    public static float Of(float x)
    {
        x = x < Lowest ? Lowest : x > Highest ? Highest : x;
        float shifted = MathF.FusedMultiplyAdd(x, Log2E, Magic);
        float n = shifted - Magic;
        float r = MathF.FusedMultiplyAdd(n, -Ln2High, x);
        r = MathF.FusedMultiplyAdd(n, -Ln2Low, r);
        float q = MathF.FusedMultiplyAdd(Q4, r, Q3);
        q = MathF.FusedMultiplyAdd(q, r, Q2);
        q = MathF.FusedMultiplyAdd(q, r, Q1);
        q = MathF.FusedMultiplyAdd(q, r, Q0);
        float e = 1f + MathF.FusedMultiplyAdd(q, r * r, r);
        int power = BitConverter.SingleToInt32Bits(shifted) - MagicBits;
        int half = power >> 1;
        return e * BitConverter.Int32BitsToSingle((half + 127) << 23) * BitConverter.Int32BitsToSingle((power - half + 127) << 23);
    }

    /// <summary>e^x of every number.</summary>
    /// <param name="y">(N) output; may be <paramref name="x"/>.</param>
    /// <param name="x">(N) exponents.</param>
    public static void Apply(Span<float> y, ReadOnlySpan<float> x)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(y.Length, x.Length);
        fixed (float* xs = x, ys = y)
        {
            for (int i = 0; i < x.Length; i += Lanes.Width)
            {
                Lanes.Store(Of(Lanes.Load(xs + i, x.Length - i)), ys + i, x.Length - i);
            }
        }
    }

    /// <summary>e^x of sixteen lanes, each with the bits of the scalar <see cref="Of(float)"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<float> Of(Vector512<float> x)
    {
        Vector512<float> magic = Vector512.Create(Magic);
        x = Clamp(x, Vector512.Create(Lowest), Vector512.Create(Highest));
        Vector512<float> shifted = Vector512.FusedMultiplyAdd(x, Vector512.Create(Log2E), magic);
        Vector512<float> n = shifted - magic;
        Vector512<float> r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-Ln2High), x);
        r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-Ln2Low), r);
        Vector512<float> q = Vector512.FusedMultiplyAdd(Vector512.Create(Q4), r, Vector512.Create(Q3));
        q = Vector512.FusedMultiplyAdd(q, r, Vector512.Create(Q2));
        q = Vector512.FusedMultiplyAdd(q, r, Vector512.Create(Q1));
        q = Vector512.FusedMultiplyAdd(q, r, Vector512.Create(Q0));
        Vector512<float> e = Vector512<float>.One + Vector512.FusedMultiplyAdd(q, r * r, r);
        if (Avx512F.IsSupported)
        {
            // e * 2^n rounded once, which is what the two exact halves below come to.
            return Avx512F.Scale(e, n);
        }

        Vector512<int> power = shifted.AsInt32() - Vector512.Create(MagicBits);
        Vector512<int> half = power >> 1;
        Vector512<int> bias = Vector512.Create(127);
        return e * ((half + bias) << 23).AsSingle() * ((power - half + bias) << 23).AsSingle();
    }

    // A number that is NaN stays as it is: the machine's maximum and minimum give their second operand then.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Clamp(Vector512<float> x, Vector512<float> lowest, Vector512<float> highest)
    {
        if (Avx512F.IsSupported)
        {
            return Avx512F.Min(highest, Avx512F.Max(lowest, x));
        }

        x = Vector512.ConditionalSelect(Vector512.LessThan(x, lowest), lowest, x);
        return Vector512.ConditionalSelect(Vector512.GreaterThan(x, highest), highest, x);
    }
}
