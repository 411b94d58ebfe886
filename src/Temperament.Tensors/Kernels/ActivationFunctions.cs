using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Temperament.Tensors.Kernels;

/// <summary>A function of every element and its derivative, both as functions of the input.</summary>
internal interface IActivation
{
    static abstract Vector512<float> Of(Vector512<float> x);

    static abstract Vector512<float> Slope(Vector512<float> x);
}

/// <summary>
/// (1 + tanh u) / 2 = s(2u) with s(v) = 1 / (1 + e^-v). With v = 2 sqrt(2/pi) (x + 0.044715 x^3): x s(v); slope s (1 + x (1 - s) v').
/// </summary>
internal readonly struct GeluTanh : IActivation
{
    private const float Linear = 1.59576917f;
    private const float Cubic = 0.0713548139f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Of(Vector512<float> x) => x * Sigmoid(Inner(x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Slope(Vector512<float> x)
    {
        Vector512<float> s = Sigmoid(Inner(x)), one = Vector512<float>.One;
        Vector512<float> inner = Vector512.FusedMultiplyAdd(x * x, Vector512.Create(3 * Cubic), Vector512.Create(Linear));
        return s * Vector512.FusedMultiplyAdd(x * (one - s), inner, one);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Sigmoid(Vector512<float> x) => Vector512<float>.One / (Vector512<float>.One + Exp.Of(-x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Inner(Vector512<float> x) =>
        x * Vector512.FusedMultiplyAdd(x * x, Vector512.Create(Cubic), Vector512.Create(Linear));
}

/// <summary>
/// x Phi(x), Phi the normal distribution; slope Phi + x phi. Phi(-|x|) = erfc(z) / 2 with z = |x| / sqrt 2, and e^(z^2) erfc(z) = t q(t) with
/// t = 1 / (1 + 0.35 z) and q of degree 9 at the Chebyshev points for z up to 10 (relative error 2.8e-8).
/// </summary>
internal readonly struct GeluErf : IActivation
{
    private const float RootHalf = 0.707106781f;
    private const float RootTwoPi = 0.398942280f;
    private const float Bend = 0.35f;
    private const float Q0 = 0.197489262f;
    private const float Q1 = 0.197030738f;
    private const float Q2 = 0.1888064f;
    private const float Q3 = 0.146915779f;
    private const float Q4 = 0.158554688f;
    private const float Q5 = 0.0634051114f;
    private const float Q6 = 0.00104560936f;
    private const float Q7 = 0.159641221f;
    private const float Q8 = -0.149543539f;
    private const float Q9 = 0.0366547294f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Of(Vector512<float> x) => x * Phi(x, Vector512.Abs(x), Density(x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Slope(Vector512<float> x)
    {
        Vector512<float> density = Density(x);
        return Vector512.FusedMultiplyAdd(x * density, Vector512.Create(RootTwoPi), Phi(x, Vector512.Abs(x), density));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Density(Vector512<float> x) => Exp.Of(x * x * Vector512.Create(-0.5f));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Phi(Vector512<float> x, Vector512<float> size, Vector512<float> density)
    {
        Vector512<float> one = Vector512<float>.One;
        Vector512<float> t = one / Vector512.FusedMultiplyAdd(size, Vector512.Create(Bend * RootHalf), one);
        Vector512<float> q = Vector512.FusedMultiplyAdd(Vector512.Create(Q9), t, Vector512.Create(Q8));
        q = Vector512.FusedMultiplyAdd(q, t, Vector512.Create(Q7));
        q = Vector512.FusedMultiplyAdd(q, t, Vector512.Create(Q6));
        q = Vector512.FusedMultiplyAdd(q, t, Vector512.Create(Q5));
        q = Vector512.FusedMultiplyAdd(q, t, Vector512.Create(Q4));
        q = Vector512.FusedMultiplyAdd(q, t, Vector512.Create(Q3));
        q = Vector512.FusedMultiplyAdd(q, t, Vector512.Create(Q2));
        q = Vector512.FusedMultiplyAdd(q, t, Vector512.Create(Q1));
        q = Vector512.FusedMultiplyAdd(q, t, Vector512.Create(Q0));
        Vector512<float> tail = Vector512.Create(0.5f) * density * (t * q);
        return Vector512.ConditionalSelect(Vector512.LessThan(x, default), tail, one - tail);
    }
}

/// <summary>max(x, 0); slope 0 at 0, as the frameworks have it. NaN stays NaN.</summary>
internal readonly struct Relu : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Of(Vector512<float> x) => Vector512.ConditionalSelect(Vector512.LessThan(x, default), default, x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Slope(Vector512<float> x) =>
        Vector512.ConditionalSelect(Vector512.GreaterThan(x, default), Vector512<float>.One, default);
}

/// <summary>tanh x; slope 1 - tanh^2 x.</summary>
internal readonly struct TanhActivation : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Of(Vector512<float> x) => Tanh.Of(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Slope(Vector512<float> x)
    {
        Vector512<float> t = Tanh.Of(x);
        return Vector512.FusedMultiplyAdd(-t, t, Vector512<float>.One);
    }
}
