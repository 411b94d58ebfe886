using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;
using Temperament.Tests.Reference;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Tensors.Kernels;

public sealed class ActivationTests : KernelTests
{
    public static TheoryData<ActivationKind> Kinds => [.. Enum.GetValues<ActivationKind>()];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Forward_matches_the_definition(ActivationKind kind)
    {
        foreach ((int R, int F) in Shapes().Select(row => row.Data))
        {
            double[] x = Numbers(R * F);
            Tensor y = Memory.Filled(R, F, 7, gap: 1);

            Activation.Forward(Pool, kind, y, Memory.Tensor(x, R, F, gap: 2));

            GradCheck.Close([.. x.Select(v => ActivationReference.Of(kind, v))], y, GradCheck.ForwardLimit);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_value_is_close_by_its_own_measure(ActivationKind kind)
    {
        double[] x = [.. Enumerable.Range(-1200, 2401).Select(i => (double)(float)(i * 0.01))];
        Tensor y = Memory.Filled(1, x.Length, 0);

        Activation.Forward(Pool, kind, y, Memory.Row(x));

        for (int i = 0; i < x.Length; i++)
        {
            double expected = ActivationReference.Of(kind, x[i]);
            Assert.True(Math.Abs(y[0, i] - expected) <= (2e-6 * Math.Abs(expected)) + 1e-12, $"{kind}({x[i]}) gave {y[0, i]}, not {expected}");
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Backward_sets_what_central_differences_give(ActivationKind kind)
    {
        foreach ((int R, int F) in new[] { (1, 1), (2, 17), (3, 64), (1, 129) })
        {
            double[] x = Numbers(R * F), dy = Draw.Uniform("dy", R * F);
            Tensor dx = Memory.Filled(R, F, GradCheck.Start, gap: 1);

            Activation.Backward(Pool, kind, dx, Memory.Tensor(dy, R, F), Memory.Tensor(x, R, F, gap: 3));

            double[] expected = new double[x.Length];
            const double H = 1e-6;
            for (int i = 0; i < x.Length; i++)
            {
                expected[i] = dy[i] * (ActivationReference.Of(kind, x[i] + H) - ActivationReference.Of(kind, x[i] - H)) / (2 * H);
            }

            GradCheck.Close(expected, dx, GradCheck.GradientLimit);
        }
    }

    [Fact]
    public void Large_inputs_neither_overflow_nor_lose_their_sign()
    {
        foreach (ActivationKind kind in new[] { ActivationKind.GeluErf, ActivationKind.GeluTanh, ActivationKind.Relu })
        {
            Tensor y = Memory.Filled(1, 4, 0);
            Activation.Forward(Pool, kind, y, Memory.Row([-1000, -100, 100, 1000]));
            Assert.Equal([0f, 0f, 100f, 1000f], Values(y).Select(v => MathF.Round(v, 6)));
        }

        Tensor t = Memory.Filled(1, 3, 0);
        Activation.Forward(Pool, ActivationKind.Tanh, t, Memory.Row([-1000, 100, 1000]));
        Assert.Equal([-1f, 1f, 1f], Values(t));
    }

    [Fact]
    public void Bits_do_not_depend_on_threads_instruction_set_or_batch()
    {
        Tensor first = Run(Pool, 0, 40);

        AssertSameOnAnyNumberOfThreads(pool => Run(pool, 0, 40));
        AssertBits(Values(first.SliceRows(13 * 8, 20 * 8)), Values(Run(Pool, 13, 20)));
        Assert.Equal(0xb956fe35u, Word(first));
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        Tensor x = Memory.Filled(64, 257, 1), y = Memory.Filled(64, 257, 0);
        AssertAllocatesNothing(() =>
        {
            Activation.Forward(Pool, ActivationKind.GeluErf, y, x);
            Activation.Backward(Pool, ActivationKind.GeluTanh, y, x, x);
        });
    }

    // Away from 0, where ReLU has no derivative.
    private static double[] Numbers(int count) => [.. Draw.Uniform("x", count).Select(v => (double)(float)((3 * v) + (v < 0 ? -0.01 : 0.01)))];

    // For each row: output and input gradient of every kind.
    private Tensor Run(ComputePool pool, int start, int rows)
    {
        const int F = 257;
        ActivationKind[] kinds = Enum.GetValues<ActivationKind>();
        Tensor Part(string name) => Memory.Tensor([.. Draw.Uniform(name, 40 * F).Select(v => 4 * v)], 40, F).SliceRows(start, rows);
        Tensor all = Memory.Filled(rows, 2 * kinds.Length * F, 0), x = Part("x"), dy = Part("dy");
        for (int k = 0; k < kinds.Length; k++)
        {
            Activation.Forward(pool, kinds[k], all.SliceColumns(2 * k * F, F), x);
            Activation.Backward(pool, kinds[k], all.SliceColumns(((2 * k) + 1) * F, F), dy, x);
        }

        return all.Reshape(2 * kinds.Length * rows, F);
    }
}
