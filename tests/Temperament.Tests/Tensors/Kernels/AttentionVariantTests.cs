using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;
using Temperament.Tests.Reference;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Tensors.Kernels;

public sealed class AttentionVariantTests : KernelTests
{
    private const int H = 4, K = 2, D = 3;
    private const float Scale = 0.7f;

    public static TheoryData<int, int, float, bool> Cases() => new()
    {
        { 5, 2, 0, false }, { 40, 7, 0, false }, { 140, 8, 0, false }, { 140, 63, 0, false }, { 140, 64, 0, false }, { 140, 65, 1.5f, false }, { 140, 300, 0, false },
        { 70, 0, 0.5f, false }, { 1, 0, 0, true }, { 33, 0, 0, true }, { 130, 0, 2, true },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Forward_and_backward_match_the_definition(int length, int window, float cap, bool both)
    {
        var variant = new AttentionVariant(window, cap, both);
        int R = length + 3;
        AttentionSegment[] segments = [new(0, 3, 0, 0), new(3, length, 3, 0)];
        double[] q = [.. Draw.Uniform("q", R * H * D).Select(v => 2 * v)], k = Draw.Uniform("k", R * K * D), v = Draw.Uniform("v", R * K * D);
        double[] dy = Draw.Uniform("dy", R * H * D), sums = new double[R * H];
        double[] Definition(double[]? logSums) => AttentionReference.Forward(q, k, v, segments, H, K, D, (double)Scale, logSums, variant);
        Tensor y = Memory.Filled(R, H * D, 7, gap: 1), lse = Memory.Filled(R, H, 7), dq = Memory.Filled(R, H * D, GradCheck.Start);
        Tensor dk = Memory.Filled(R, K * D, GradCheck.Start), dv = Memory.Filled(R, K * D, GradCheck.Start);
        Tensor query = Memory.Tensor(q, R, H * D, gap: 1), key = Memory.Tensor(k, R, K * D, gap: 2), value = Memory.Tensor(v, R, K * D);

        Attention.Forward(Pool, y, lse, query, key, value, segments, H, K, Scale, variant);
        Attention.Backward(Pool, dq, dk, dv, Memory.Tensor(dy, R, H * D), y, query, key, value, lse, segments, H, K, Scale, variant);

        GradCheck.Close(Definition(sums), y, GradCheck.ForwardLimit);
        GradCheck.Close(sums, lse, 1e-11);
        if (length <= 70)
        {
            double Loss() => GradCheck.Along(Definition(null), dy);
            GradCheck.Close(GradCheck.Numeric(v, Loss), dv, GradCheck.GradientLimit, GradCheck.Start);
            GradCheck.Close(GradCheck.Numeric(q, Loss), dq, GradCheck.GradientLimit, GradCheck.Start);
            GradCheck.Close(GradCheck.Numeric(k, Loss), dk, GradCheck.GradientLimit, GradCheck.Start);
        }
        else
        {
            AssertSlope(q, dq, Definition, dy);
            AssertSlope(k, dk, Definition, dy);
            AssertSlope(v, dv, Definition, dy);
        }
    }

    [Theory]
    [InlineData(8)]
    [InlineData(64)]
    [InlineData(100)]
    public void A_token_alone_with_a_cache_has_the_bits_that_it_has_in_a_prefill(int window)
    {
        const int Length = 201;
        var variant = new AttentionVariant(window, 1.5f);
        Tensor q = Memory.Tensor(Draw.Uniform("q", Length * H * D), Length, H * D), k = Memory.Tensor(Draw.Uniform("k", Length * K * D), Length, K * D);
        Tensor v = Memory.Tensor(Draw.Uniform("v", Length * K * D), Length, K * D), whole = Memory.Filled(Length, H * D, 0), part = Memory.Filled(Length, H * D, 0);
        Attention.Forward(Pool, whole, default, q, k, v, [new(0, Length, 0, 0)], H, K, Scale, variant);

        for (int at = 0; at < Length; at++)
        {
            Attention.Forward(Pool, part.SliceRows(at, 1), default, q.SliceRows(at, 1), k, v, [new(0, 1, 0, at)], H, K, Scale, variant);
        }

        AssertBits(Values(whole), Values(part));
        Attention.Forward(Pool, part, default, q, k, v, [new(0, 90, 0, 0), new(90, 5, 0, 90), new(95, 106, 0, 95)], H, K, Scale, variant);
        AssertBits(Values(whole), Values(part));
    }

    [Fact]
    public void A_key_outside_of_the_window_changes_no_bit()
    {
        const int Length = 150, Window = 20;
        var variant = new AttentionVariant(Window);
        Tensor q = Memory.Tensor(Draw.Uniform("q", Length * H * D), Length, H * D), k = Memory.Tensor(Draw.Uniform("k", Length * K * D), Length, K * D);
        Tensor v = Memory.Tensor(Draw.Uniform("v", Length * K * D), Length, K * D), first = Memory.Filled(Length, H * D, 0), second = Memory.Filled(Length, H * D, 0);
        Attention.Forward(Pool, first, default, q, k, v, [new(0, Length, 0, 0)], H, K, Scale, variant);

        k.Row(70).Fill(float.NaN);
        v.Row(70).Fill(float.PositiveInfinity);
        Attention.Forward(Pool, second, default, q, k, v, [new(0, Length, 0, 0)], H, K, Scale, variant);

        AssertBits(Values(first.SliceRows(0, 70)), Values(second.SliceRows(0, 70)));
        AssertBits(Values(first.SliceRows(90, 60)), Values(second.SliceRows(90, 60)));
        Assert.True(float.IsNaN(second[70, 0]) && float.IsNaN(second[89, 0]));
    }

    [Fact]
    public void Bits_do_not_depend_on_threads_or_instruction_set()
    {
        AssertSameOnAnyNumberOfThreads(Train);
        Assert.Equal(0xd34fda34u, Word(Train(Pool)));
    }

    [Fact]
    public void A_window_on_both_sides_is_refused()
    {
        Tensor x = Memory.Filled(3, 2, 0);
        Assert.Throws<ArgumentException>(() => Attention.Forward(Pool, x, default, x, x, x, [new(0, 3, 0, 0)], 1, 1, 1, new AttentionVariant(2, 0, true)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Attention.Forward(Pool, x, default, x, x, x, [new(0, 3, 0, 0)], 1, 1, 1, new AttentionVariant(-1)));
    }

    // The gradient along a random direction, for lengths at which one difference a number would take too long.
    private static void AssertSlope(double[] at, Tensor gradient, Func<double[]?, double[]> definition, double[] dy)
    {
        double[] direction = Draw.Uniform("direction", at.Length), old = [.. at];
        double Loss(double h)
        {
            for (int i = 0; i < at.Length; i++)
            {
                at[i] = old[i] + (h * direction[i]);
            }

            return GradCheck.Along(definition(null), dy);
        }

        double expected = (Loss(1e-6) - Loss(-1e-6)) / 2e-6;
        Loss(0);
        double[] found = [.. Values(gradient).Select(g => (double)(g - GradCheck.Start))];
        double actual = GradCheck.Along(found, direction);
        double size = Math.Sqrt(found.Sum(g => g * g));
        Assert.True(Math.Abs(expected - actual) <= Math.Sqrt(GradCheck.GradientLimit) * size, $"{actual} along the direction, {expected} by differences, norm {size}");
    }

    // Columns: y, dq, dk, dv with a window and a cap, and without causality.
    private Tensor Train(ComputePool pool)
    {
        const int Length = 150;
        Tensor Part(string name, int width) => Memory.Tensor(Draw.Uniform(name, Length * width), Length, width);
        Tensor q = Part("q", H * D), k = Part("k", K * D), v = Part("v", K * D), dy = Part("dy", H * D), lse = Memory.Filled(Length, H, 0);
        int width = (2 * H * D) + (2 * K * D);
        Tensor all = Memory.Filled(Length, 2 * width, 0);
        AttentionVariant[] variants = [new(20, 1.5f), new(0, 0, true)];
        for (int i = 0; i < 2; i++)
        {
            Tensor part = all.SliceColumns(i * width, width), y = part.SliceColumns(0, H * D);
            Tensor dk = part.SliceColumns(2 * H * D, K * D), dv = part.SliceColumns((2 * H * D) + (K * D), K * D);
            Attention.Forward(pool, y, lse, q, k, v, [new(0, Length, 0, 0)], H, K, Scale, variants[i]);
            Attention.Backward(pool, part.SliceColumns(H * D, H * D), dk, dv, dy, y, q, k, v, lse, [new(0, Length, 0, 0)], H, K, Scale, variants[i]);
        }

        return all;
    }
}
