using System.Buffers.Binary;
using System.Security.Cryptography;
using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Quantization;
using Temperament.Tensors.Threading;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Tensors.Kernels;

/// <summary>What holds for the products whatever the shape: accuracy, gradients, the same bits for any threads, batch and instruction set.</summary>
public sealed class MatMulContractTests
{
    [Fact]
    public void Error_against_float64_is_that_of_rounding()
    {
        using var pool = new ComputePool(2);
        float[,] x = MatMulReference.Normal(14, 300, "x"), w = MatMulReference.Normal(37, 300, "w");
        Tensor y = Tensor.Zeros(14, 37);
        MatMul.Forward(pool, y, MatMulReference.Tensor(x), WeightMatrix.F32(MatMulReference.Tensor(w)));
        double[,] exact = MatMulReference.Exact(new float[14, 37], x, MatMulReference.Transpose(w));
        double error = 0, power = 0;
        for (int i = 0; i < 14; i++)
        {
            for (int j = 0; j < 37; j++)
            {
                error += Math.Pow(y[i, j] - exact[i, j], 2);
                power += Math.Pow(exact[i, j], 2);
            }
        }

        Assert.InRange(error / power, 0, 1e-12);
    }

    [Fact]
    public void Gradients_match_central_differences()
    {
        using var pool = new ComputePool(1);
        float[,] x = MatMulReference.Normal(5, 7, "x"), w = MatMulReference.Normal(6, 7, "w"), dy = MatMulReference.Normal(5, 6, "dy");
        Tensor dx = Tensor.Zeros(5, 7), dw = Tensor.Zeros(6, 7);
        MatMul.BackwardInput(pool, dx, MatMulReference.Tensor(dy), WeightMatrix.F32(MatMulReference.Tensor(w)));
        MatMul.BackwardWeight(pool, dw, MatMulReference.Tensor(dy), MatMulReference.Tensor(x));
        Assert.InRange(DifferenceError(dx, x, () => Loss(x, w, dy)), 0, 1e-9);
        Assert.InRange(DifferenceError(dw, w, () => Loss(x, w, dy)), 0, 1e-9);
    }

    [Theory]
    [InlineData(70, 131, 90)]
    [InlineData(1, 700, 400)]
    [InlineData(3, 352, 384)]
    [InlineData(16, 128, 144)]
    [InlineData(90, 64, 80)]
    [InlineData(150, 16, 576)]
    public void Bits_do_not_depend_on_the_number_of_threads(int m, int n, int k)
    {
        string[] words = [.. new[] { 1, 2, 3, 8 }.Select(threads =>
        {
            using var pool = new ComputePool(threads);
            return Fingerprint(pool, m, n, k);
        })];
        Assert.All(words, word => Assert.Equal(words[0], word));
    }

    [Theory]
    [InlineData(33, 40, 70)]
    [InlineData(18, 64, 128)]
    public void Bits_of_a_row_do_not_depend_on_the_other_rows(int m, int n, int k)
    {
        using var pool = new ComputePool(2);
        using Nf4Matrix nf4 = MatMulReference.Nf4(n, k, "codes", out _);
        Tensor x = MatMulReference.Tensor(MatMulReference.Normal(m, k, "x"));
        using Bf16Matrix bf16 = Bf16Matrix.Round(MatMulReference.Tensor(MatMulReference.Normal(n, k, "w")));
        foreach (WeightMatrix w in new[]
            { WeightMatrix.F32(MatMulReference.Tensor(MatMulReference.Normal(n, k, "w"))), WeightMatrix.FromNf4(nf4), WeightMatrix.FromBf16(bf16) })
        {
            Tensor together = Tensor.Zeros(m, n), apart = Tensor.Zeros(m, n);
            MatMul.Forward(pool, together, x, w);
            for (int row = 0, size = 1; row < m; row += size, size = Math.Min(size + 1, m - row))
            {
                MatMul.Forward(pool, apart.SliceRows(row, size), x.SliceRows(row, size), w);
            }

            Assert.Equal(together.Span, apart.Span);
            Tensor dx = Tensor.Zeros(m, k), dxApart = Tensor.Zeros(m, k);
            MatMul.BackwardInput(pool, dx, together, w);
            for (int row = 0; row < m; row += 3)
            {
                MatMul.BackwardInput(pool, dxApart.SliceRows(row, 3), together.SliceRows(row, 3), w);
            }

            Assert.Equal(dx.Span, dxApart.Span);
        }
    }

    /// <summary>Computed once with AVX-512; every instruction set must give it.</summary>
    [Theory]
    [InlineData(21, 75, 83, "02782385f988b184")]
    [InlineData(14, 80, 64, "0c0fd10cf6047e46")]
    [InlineData(3, 80, 128, "9c83f85311b2d253")]
    public void Bits_do_not_depend_on_the_instruction_set(int m, int n, int k, string expected)
    {
        using var pool = new ComputePool(2);
        Assert.Equal(expected, Fingerprint(pool, m, n, k));
    }

    [Fact]
    public void Nothing_is_allocated_once_the_scratch_has_grown()
    {
        using var pool = new ComputePool(2);
        Tensor x = MatMulReference.Tensor(MatMulReference.Normal(40, 128, "x")), y = Tensor.Zeros(40, 64), dw = Tensor.Zeros(64, 128);
        WeightMatrix w = WeightMatrix.F32(MatMulReference.Tensor(MatMulReference.Normal(64, 128, "w")));
        using Nf4Matrix nf4 = MatMulReference.Nf4(64, 128, "codes", out _);
        WeightMatrix codes = WeightMatrix.FromNf4(nf4);
        using Bf16Matrix bf16 = Bf16Matrix.Round(w.Dense);
        WeightMatrix halves = WeightMatrix.FromBf16(bf16);
        ManagedHeap.AssertUntouched(Step);

        void Step()
        {
            MatMul.Forward(pool, y, x, w);
            MatMul.Forward(pool, y, x, codes);
            MatMul.Forward(pool, y.SliceRows(0, 2), x.SliceRows(0, 2), w);
            MatMul.Forward(pool, y.SliceRows(0, 2), x.SliceRows(0, 2), codes);
            MatMul.Forward(pool, y, x, halves);
            MatMul.Forward(pool, y.SliceRows(0, 2), x.SliceRows(0, 2), halves);
            MatMul.BackwardInput(pool, x, y, halves, accumulate: false);
            MatMul.BackwardInput(pool, x, y, w, accumulate: false);
            MatMul.BackwardWeight(pool, dw, y, x, accumulate: false);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    public void Not_a_number_and_infinity_go_through(int m)
    {
        using var pool = new ComputePool(1);
        float[,] x = MatMulReference.Normal(m, 40, "x"), w = MatMulReference.Normal(35, 40, "w");
        x[m - 1, 3] = float.PositiveInfinity;
        w[7, 5] = float.NaN;
        Tensor y = Tensor.Zeros(m, 35);
        MatMul.Forward(pool, y, MatMulReference.Tensor(x), WeightMatrix.F32(MatMulReference.Tensor(w)));
        for (int i = 0; i < m; i++)
        {
            for (int j = 0; j < 35; j++)
            {
                bool finite = j != 7 && i != m - 1;
                Assert.Equal(j == 7, float.IsNaN(y[i, j]));
                Assert.Equal(finite, float.IsFinite(y[i, j]));
            }
        }
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_refused()
    {
        using var pool = new ComputePool(1);
        WeightMatrix w = WeightMatrix.F32(Tensor.Zeros(3, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => MatMul.Forward(pool, Tensor.Zeros(2, 3), Tensor.Zeros(2, 5), w));
        Assert.Throws<ArgumentOutOfRangeException>(() => MatMul.Forward(pool, Tensor.Zeros(2, 4), Tensor.Zeros(2, 4), w));
        Assert.Throws<ArgumentOutOfRangeException>(() => MatMul.BackwardInput(pool, Tensor.Zeros(2, 4), Tensor.Zeros(1, 3), w));
        Assert.Throws<ArgumentOutOfRangeException>(() => MatMul.BackwardWeight(pool, Tensor.Zeros(3, 4), Tensor.Zeros(2, 3), Tensor.Zeros(1, 4)));
    }

    private static string Fingerprint(ComputePool pool, int m, int n, int k)
    {
        Tensor x = MatMulReference.Tensor(MatMulReference.Normal(m, k, "x")), w = MatMulReference.Tensor(MatMulReference.Normal(n, k, "w"));
        using Nf4Matrix nf4 = MatMulReference.Nf4(n, k, "codes", out _);
        Tensor y = Tensor.Zeros(m, n), dx = Tensor.Zeros(m, k), dw = Tensor.Zeros(n, k);
        MatMul.Forward(pool, y, x, WeightMatrix.F32(w));
        MatMul.Forward(pool, y, x, WeightMatrix.FromNf4(nf4), accumulate: true);
        MatMul.BackwardInput(pool, dx, y, WeightMatrix.F32(w));
        MatMul.BackwardInput(pool, dx, y, WeightMatrix.FromNf4(nf4));
        MatMul.BackwardWeight(pool, dw, y, x);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> bytes = stackalloc byte[4];
        foreach (Tensor tensor in new[] { y, dx, dw })
        {
            foreach (float value in tensor.Span)
            {
                BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
                hash.AppendData(bytes);
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }

    private static double Loss(float[,] x, float[,] w, float[,] dy)
    {
        double[,] y = MatMulReference.Exact(new float[x.GetLength(0), w.GetLength(0)], x, MatMulReference.Transpose(w));
        double loss = 0;
        for (int i = 0; i < y.GetLength(0); i++)
        {
            for (int j = 0; j < y.GetLength(1); j++)
            {
                loss += y[i, j] * dy[i, j];
            }
        }

        return loss;
    }

    private static double DifferenceError(Tensor gradient, float[,] at, Func<double> loss)
    {
        double error = 0, power = 0;
        for (int i = 0; i < gradient.Rows; i++)
        {
            for (int j = 0; j < gradient.Columns; j++)
            {
                float old = at[i, j], up = old + 0.125f, down = old - 0.125f;
                at[i, j] = up;
                double above = loss();
                at[i, j] = down;
                double difference = (above - loss()) / ((double)up - down);
                at[i, j] = old;
                error += Math.Pow(gradient[i, j] - difference, 2);
                power += Math.Pow(difference, 2);
            }
        }

        return error / power;
    }
}
