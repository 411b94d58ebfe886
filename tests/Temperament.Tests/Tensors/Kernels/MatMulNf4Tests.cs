using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Quantization;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Tensors.Kernels;

/// <summary>
/// Products with NF4 weights against the chain over what the stored bytes mean, for every number of rows that has a path of its own. No kernel
/// may touch a number beside its tensors.
/// </summary>
public sealed class MatMulNf4Tests : KernelTests
{
    /// <summary>Bands that are full and cut off; blocks that end with rows and run across them; more than 256 blocks, so that nested scales change.</summary>
    public static TheoryData<int, int> Weights() => new()
    {
        { 64, 64 }, { 70, 704 }, { 130, 192 }, { 16, 1088 }, { 3, 320 }, { 65, 40 }, { 33, 24 }, { 20, 100 }, { 129, 130 }, { 7, 33 }, { 1, 64 }, { 90, 272 },
    };

    [Theory]
    [MemberData(nameof(Weights))]
    public void Each_number_of_rows_gives_the_bits_of_the_definition(int n, int k)
    {
        foreach (bool doubleQuantized in new[] { false, true })
        {
            using Nf4Matrix nf4 = MatMulReference.Nf4(n, k, "w", out float[,] w, doubleQuantized);
            WeightMatrix weights = WeightMatrix.FromNf4(nf4);
            const int Most = 38;
            float[,] x = MatMulReference.Normal(Most, k, "x"), dy = MatMulReference.Normal(Most, n, "dy");
            float[,] y0 = MatMulReference.Normal(Most, n, "y"), dx0 = MatMulReference.Normal(Most, k, "dx");
            float[,] y = MatMulReference.Chain(y0, x, MatMulReference.Transpose(w)), dx = MatMulReference.Chain(dx0, dy, w);
            foreach (int m in new[] { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 19, 25, 36, Most })
            {
                Tensor target = Rows(y0, m, 5), gradient = Rows(dx0, m, 3);
                MatMul.Forward(Pool, target, Rows(x, m, 1), weights, accumulate: true);
                MatMul.BackwardInput(Pool, gradient, Rows(dy, m, 2), weights, accumulate: true);
                AssertBits(Values(Rows(y, m, 0)), Values(target));
                AssertBits(Values(Rows(dx, m, 0)), Values(gradient));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Weights))]
    public void Reading_all_weights_gives_what_the_stored_bytes_mean(int n, int k)
    {
        foreach (bool doubleQuantized in new[] { false, true })
        {
            using Nf4Matrix nf4 = MatMulReference.Nf4(n, k, "w", out float[,] w, doubleQuantized);
            Tensor read = Memory.Filled(n, k, 7, gap: 3);

            Nf4.Dequantize(nf4, read, Pool);

            AssertBits(Values(Rows(w, n, 0)), Values(read));
            Assert.Equal(w[n - 1, k / 2], nf4[n - 1, k / 2]);
            Assert.True(n == 1 || float.IsNaN(At(read, k)), "The gap between two rows was written to.");
        }
    }

    [Fact]
    public void Threads_do_not_change_bits()
    {
        using Nf4Matrix nf4 = MatMulReference.Nf4(200, 704, "w", out _, doubleQuantized: true);
        WeightMatrix weights = WeightMatrix.FromNf4(nf4);
        foreach (int m in new[] { 1, 7, 30, 50 })
        {
            AssertSameOnAnyNumberOfThreads(pool =>
            {
                Tensor y = Memory.Filled(m, 200, 0), dx = Memory.Filled(m, 704, 0);
                MatMul.Forward(pool, y, Rows(MatMulReference.Normal(m, 704, "x"), m, 0), weights);
                MatMul.BackwardInput(pool, dx, y, weights);
                return dx;
            });
        }
    }

    [Fact]
    public void Nothing_is_allocated_once_the_scratch_has_grown()
    {
        using Nf4Matrix nf4 = MatMulReference.Nf4(70, 128, "w", out _, doubleQuantized: true);
        WeightMatrix weights = WeightMatrix.FromNf4(nf4);
        Tensor x = Memory.Filled(40, 128, 1), y = Memory.Filled(40, 70, 1), dense = Memory.Filled(70, 128, 1);
        AssertAllocatesNothing(() =>
        {
            foreach (int m in (ReadOnlySpan<int>)[1, 8, 16, 40])
            {
                MatMul.Forward(Pool, y.SliceRows(0, m), x.SliceRows(0, m), weights);
                MatMul.BackwardInput(Pool, x.SliceRows(0, m), y.SliceRows(0, m), weights);
            }

            Nf4.Dequantize(nf4, dense, Pool);
            Nf4.QuantizeInto(dense, nf4, Pool);
        });
    }

    private static unsafe float At(Tensor tensor, int index) => tensor.Data[index];

    private Tensor Rows(float[,] values, int rows, int gap)
    {
        Tensor tensor = Memory.Filled(rows, values.GetLength(1), 0, gap);
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < tensor.Columns; j++)
            {
                tensor[i, j] = values[i, j];
            }
        }

        return tensor;
    }
}
