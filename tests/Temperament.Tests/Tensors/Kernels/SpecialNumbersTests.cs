using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Quantization;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Tensors.Kernels;

/// <summary>What comes of rows of infinities and NaN, and of tensors without columns: IEEE arithmetic on the definition, and never a hang.</summary>
public sealed class SpecialNumbersTests : KernelTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(17)]
    [InlineData(64)]
    [InlineData(131)]
    public void A_row_without_a_number_above_minus_infinity_has_no_softmax(int width)
    {
        Tensor x = Memory.Filled(2, width, float.NegativeInfinity), y = Memory.Filled(2, width, 7), sums = Memory.Filled(1, 2, 7);
        x.Row(1).Clear();

        Softmax.Forward(Pool, y, x);
        Softmax.LogSumExp(Pool, sums, x);

        Assert.All(y.Row(0).ToArray(), p => Assert.Equal(float.NaN, p));
        Assert.All(y.Row(1).ToArray(), p => Assert.Equal(1.0 / width, p, 1e-7));
        Assert.Equal(float.NaN, sums[0, 0]);
        Assert.Equal(Math.Log(width), sums[0, 1], 1e-6);
    }

    [Theory]
    [InlineData(float.NaN, 1)]
    [InlineData(float.NaN, 70)]
    [InlineData(float.PositiveInfinity, 1)]
    [InlineData(float.PositiveInfinity, 70)]
    public void One_NaN_or_infinite_logit_makes_its_own_row_NaN(float special, int width)
    {
        Tensor x = Memory.Filled(2, width, 0.5f), y = Memory.Filled(2, width, 7), losses = Memory.Filled(1, 2, 7);
        x[0, width - 1] = special;

        Softmax.Forward(Pool, y, x);
        CrossEntropy.ForwardBackward(Pool, losses, x, [0, 0], 1);

        Assert.Equal(float.NaN, y[0, width - 1]);
        Assert.Equal(float.NaN, losses[0, 0]);
        Assert.Equal(float.NaN, x[0, width - 1]);
        Assert.Equal(1.0 / width, y[1, 0], 1e-7);
        Assert.Equal(Math.Log(width), losses[0, 1], 1e-6);
    }

    [Fact]
    public void Logits_of_minus_infinity_have_probability_0_and_gradient_0()
    {
        Tensor x = Memory.Tensor([1, double.NegativeInfinity, 1], 1, 3), y = Memory.Filled(1, 3, 7), loss = Memory.Filled(1, 1, 7);

        Softmax.Forward(Pool, y, x);
        CrossEntropy.ForwardBackward(Pool, loss, x, [0], 1);

        Assert.Equal([0.5f, 0f, 0.5f], Values(y));
        Assert.Equal([-0.5f, 0f, 0.5f], Values(x));
        Assert.Equal(Math.Log(2), loss[0, 0], 1e-6);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_special_number_stays_in_its_row_of_a_norm_and_in_its_element_of_a_gate(float special)
    {
        Tensor x = Memory.Filled(2, 67, 1), y = Memory.Filled(2, 67, 7), rstd = Memory.Filled(1, 2, 7), ones = Memory.Filled(2, 67, 1);
        x[0, 66] = special;

        RmsNorm.Forward(Pool, y, rstd, x, ones.SliceRows(0, 1), 0);
        Assert.Equal(float.NaN, y[0, 66]);
        Assert.All(y.Row(1).ToArray(), value => Assert.Equal(1f, value));

        SwiGlu.Forward(Pool, y, x, ones);
        Assert.Equal(special, y[0, 66]);
        Assert.All(y.Row(0)[..66].ToArray(), value => Assert.Equal(y[1, 0], value));
    }

    [Fact]
    public void A_query_whose_scores_are_NaN_makes_its_own_output_NaN_and_no_other()
    {
        Tensor q = Memory.Filled(70, 20, 1), k = Memory.Filled(70, 20, 1), v = Memory.Filled(70, 20, 3), y = Memory.Filled(70, 20, 7);
        q.Row(65).Fill(float.NaN);

        Attention.Forward(Pool, y, default, q, k, v, [new(0, 70, 0, 0)], 1, 1, 1);

        for (int r = 0; r < 70; r++)
        {
            Assert.All(y.Row(r).ToArray(), value => Assert.Equal(r == 65 ? float.NaN : 3f, value, 1e-5f));
        }
    }

    [Fact]
    public void Tensors_without_rows_or_columns_do_nothing()
    {
        Tensor none = Memory.Filled(3, 0, 0), empty = Memory.Filled(0, 5, 0), rstd = Memory.Filled(1, 3, 7), losses = Memory.Filled(1, 0, 7);

        RmsNorm.Forward(Pool, none, rstd, none, none.SliceRows(0, 1), 1);
        RmsNorm.Backward(Pool, none, none.SliceRows(0, 1), none, none, none.SliceRows(0, 1), rstd);
        SwiGlu.Forward(Pool, none, none, none);
        SwiGlu.Backward(Pool, none, none, none, none, none);
        Softmax.Forward(Pool, none, none);
        Softmax.Forward(Pool, empty, empty);
        CrossEntropy.ForwardBackward(Pool, losses, empty, [], 1);
        Attention.Forward(Pool, empty, default, empty, empty, empty, [new(0, 0, 0, 0)], 1, 1, 1);
        AdamW.Step(Pool, none, none, none, none, new AdamWStep(1e-3, 0.9, 0.999, 1e-8, 0.01, 1));

        Assert.Equal(3, rstd.Columns);
    }

    [Theory]
    [InlineData(0, 3, 2)]
    [InlineData(3, 0, 2)]
    [InlineData(3, 2, 0)]
    [InlineData(40, 0, 16)]
    [InlineData(40, 16, 0)]
    [InlineData(1, 1, 1)]
    public void Products_of_no_rows_outputs_or_inputs_are_sums_of_nothing(int m, int n, int k)
    {
        Tensor x = Memory.Filled(m, k, 2), dense = Memory.Filled(n, k, 3), dw = Memory.Filled(n, k, 7);
        using Bf16Matrix bf16 = Bf16Matrix.Round(dense);
        using Nf4Matrix nf4 = Nf4.Quantize(dense, doubleQuantize: false, Pool);
        foreach (WeightMatrix w in new[] { WeightMatrix.F32(dense), WeightMatrix.FromBf16(bf16), WeightMatrix.FromNf4(nf4) })
        {
            Tensor y = Memory.Filled(m, n, 7), dx = Memory.Filled(m, k, 7);

            MatMul.Forward(Pool, y, x, w);
            Assert.All(Values(y), value => Assert.Equal(6f * k, value));
            MatMul.Forward(Pool, y, x, w, accumulate: true);
            Assert.All(Values(y), value => Assert.Equal(12f * k, value));
            MatMul.BackwardInput(Pool, dx, y, w, accumulate: false);
            Assert.All(Values(dx), value => Assert.Equal(36f * n, value));
        }

        MatMul.BackwardWeight(Pool, dw, Memory.Filled(m, n, 2), x, accumulate: false);
        Assert.All(Values(dw), value => Assert.Equal(4f * m, value));
    }

    [Theory]
    [InlineData(1, float.NaN)]
    [InlineData(16, float.NaN)]
    [InlineData(40, float.PositiveInfinity)]
    public void A_special_activation_stays_in_its_row_of_a_product_with_any_weights(int m, float special)
    {
        const int N = 50, K = 64;
        Tensor x = Memory.Filled(m, K, 1), dense = Memory.Filled(N, K, 0.5f);
        x[m - 1, 7] = special;
        using Bf16Matrix bf16 = Bf16Matrix.Round(dense);
        using Nf4Matrix nf4 = Nf4.Quantize(dense, doubleQuantize: false, Pool);
        foreach (WeightMatrix w in new[] { WeightMatrix.F32(dense), WeightMatrix.FromBf16(bf16), WeightMatrix.FromNf4(nf4) })
        {
            Tensor y = Memory.Filled(m, N, 7), dx = Memory.Filled(m, K, 7);

            MatMul.Forward(Pool, y, x, w);
            MatMul.BackwardInput(Pool, dx, y, w, accumulate: false);

            for (int r = 0; r < m; r++)
            {
                Assert.All(y.Row(r).ToArray(), value => Assert.Equal(r == m - 1 ? special : 32f, value));
                Assert.All(dx.Row(r).ToArray(), value => Assert.Equal(r == m - 1 ? special : 800f, value));
            }
        }
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_special_gradient_stays_in_its_element_of_a_step(float special)
    {
        Tensor p = Memory.Filled(2, 67, 1), g = Memory.Filled(2, 67, 1), m = Memory.Filled(2, 67, 0), v = Memory.Filled(2, 67, 0);
        g[1, 66] = special;

        AdamW.Step(Pool, p, g, m, v, new AdamWStep(1e-3, 0.9, 0.999, 1e-8, 0.01, 1));

        Assert.Equal(float.NaN, p[1, 66]);
        Assert.Equal(special, v[1, 66]);
        Assert.All(Values(p)[..133], value => Assert.Equal(p[0, 0], value));
    }
}
