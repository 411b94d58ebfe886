using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Tensors.Kernels;

public sealed class RowBiasTests : KernelTests
{
    [Theory]
    [MemberData(nameof(Shapes))]
    public void Every_row_gets_the_bias_and_the_bias_the_sum_of_all_rows(int R, int N)
    {
        double[] y = Draw.Uniform("y", R * N), bias = Draw.Uniform("bias", N);
        Tensor sum = Memory.Tensor(y, R, N, gap: 1), dbias = Memory.Filled(1, N, GradCheck.Start);

        RowBias.Forward(Pool, sum, Memory.Row(bias));
        RowBias.Backward(Pool, dbias, Memory.Tensor(y, R, N, gap: 2));

        GradCheck.Close([.. y.Select((v, i) => v + bias[i % N])], sum, GradCheck.ForwardLimit);
        GradCheck.Close([.. bias.Select((_, n) => Enumerable.Range(0, R).Sum(r => y[(r * N) + n]))], dbias, 1e-11, GradCheck.Start);
    }

    [Fact]
    public void Bits_do_not_depend_on_threads()
    {
        const int R = 60, N = 257;
        AssertSameOnAnyNumberOfThreads(pool =>
        {
            Tensor both = Memory.Filled(R + 1, N, 0);
            both.SliceRows(0, R).CopyFrom(Memory.Tensor(Draw.Uniform("y", R * N), R, N));
            RowBias.Backward(pool, both.SliceRows(R, 1), both.SliceRows(0, R));
            RowBias.Forward(pool, both.SliceRows(0, R), Memory.Row(Draw.Uniform("bias", N)));
            return both;
        });
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        Tensor y = Memory.Filled(64, 257, 1), bias = Memory.Filled(1, 257, 1);
        AssertAllocatesNothing(() =>
        {
            RowBias.Forward(Pool, y, bias);
            RowBias.Backward(Pool, bias, y);
        });
    }
}
