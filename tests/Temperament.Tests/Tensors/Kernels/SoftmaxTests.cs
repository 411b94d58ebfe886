using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;
using Temperament.Tests.Reference;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Tensors.Kernels;

public sealed class SoftmaxTests : KernelTests
{
    [Theory]
    [MemberData(nameof(Shapes))]
    public void Forward_matches_the_definition(int R, int V)
    {
        double[] x = [.. Draw.Uniform("x", R * V).Select(v => (double)(float)(5 * v))];
        Tensor y = Memory.Tensor(x, R, V, gap: 2);

        Softmax.Forward(Pool, y, y);

        GradCheck.Close(SoftmaxReference.Forward(x, V), y, GradCheck.ForwardLimit);
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Log_sum_exp_matches_the_definition(int R, int V)
    {
        double[] x = [.. Draw.Uniform("x", R * V).Select(v => (double)(float)(5 * v))];
        Tensor result = Memory.Filled(1, R, 7);

        Softmax.LogSumExp(Pool, result, Memory.Tensor(x, R, V, gap: 2));

        GradCheck.Close(SoftmaxReference.LogSumExp(x, V), result, GradCheck.ForwardLimit);
    }

    [Fact]
    public void Large_logits_do_not_overflow()
    {
        Tensor x = Memory.Row([1000, 1001, -1000]), y = Memory.Filled(1, 3, 0);

        Softmax.Forward(Pool, y, x);

        Assert.Equal(1 / (1 + Math.E), y[0, 0], 1e-6);
        Assert.Equal(0, y[0, 2]);
    }

    [Fact]
    public void Bits_do_not_depend_on_threads_instruction_set_or_batch()
    {
        Tensor first = Run(Pool, 0, 40);

        AssertSameOnAnyNumberOfThreads(pool => Run(pool, 0, 40));
        AssertBits(Values(first.SliceRows(13, 20)), Values(Run(Pool, 13, 20)));
        Assert.Equal(0x8f952cf6u, Word(first));
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        Tensor x = Memory.Filled(64, 257, 1), result = Memory.Filled(1, 64, 0);
        AssertAllocatesNothing(() =>
        {
            Softmax.Forward(Pool, x, x);
            Softmax.LogSumExp(Pool, result, x);
        });
    }

    // For each row: its probabilities and its normaliser.
    private Tensor Run(ComputePool pool, int start, int rows)
    {
        const int V = 300;
        Tensor x = Memory.Tensor([.. Draw.Uniform("x", 40 * V).Select(v => 20 * v)], 40, V).SliceRows(start, rows);
        Tensor all = Memory.Filled(rows, V + 1, 0), sums = Memory.Filled(1, rows, 0);
        Softmax.LogSumExp(pool, sums, x);
        Softmax.Forward(pool, all.SliceColumns(0, V), x);
        for (int r = 0; r < rows; r++)
        {
            all[r, V] = sums[0, r];
        }

        return all;
    }
}
