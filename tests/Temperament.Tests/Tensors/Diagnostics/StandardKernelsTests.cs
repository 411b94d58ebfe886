using Temperament.Tensors.Diagnostics;
using Temperament.Tensors.Diagnostics.Cases;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;
using Xunit;

namespace Temperament.Tests.Tensors.Diagnostics;

public sealed class StandardKernelsTests
{
    [Fact]
    public void Every_kernel_has_a_name_of_its_own_and_a_mark()
    {
        using var pool = new ComputePool(1);
        KernelCase[] cases = [.. StandardKernels.Cases(pool)];

        Assert.Equal(cases.Length, cases.Select(c => c.Kernel + c.Shape).Distinct().Count());
        Assert.All(cases, c => Assert.True(c.Work > 0 && c.Mark.Must > 0 && c.Mark.Reach >= c.Mark.Must));
    }

    [Fact]
    public void Small_cases_of_each_family_equal_their_definitions()
    {
        using var pool = new ComputePool(2);
        KernelCase[] cases =
        [
            ProductCases.Forward(pool, 3, 33, 65), ProductCases.InputGradient(pool, 3, 33, 65), ProductCases.WeightGradient(pool, 3, 33, 65),
            ProductCases.Forward(pool, 5, 17, 128, WeightFormat.Nf4), ProductCases.InputGradient(pool, 5, 17, 128, WeightFormat.Nf4),
            ProductCases.Forward(pool, 5, 17, 128, WeightFormat.Bf16), ProductCases.InputGradient(pool, 5, 17, 128, WeightFormat.Bf16),
            AttentionCases.Forward(pool, 70, 2, 16), AttentionCases.Backward(pool, 70, 2, 16), QuantizeCases.Nf4Double(pool, 40, 64),
        ];
        foreach (KernelCase kernel in cases)
        {
            using KernelTrial trial = kernel.Prepare();
            trial.Run();

            Assert.Null(trial.Check());
        }
    }

    [Fact]
    public void A_check_finds_a_result_that_is_off_in_one_element()
    {
        Tensor x = Tensor.From([1, 2, 3, 4], 2, 2), w = Tensor.From([1, 0, 0, 1], 2, 2), y = Tensor.From([1, 2, 3, 4], 2, 2);

        Assert.Null(ProductCheck.Forward(y, x, WeightMatrix.F32(w)));
        y[0, 1] = MathF.BitIncrement(2);
        Assert.Contains("element (0, 1)", ProductCheck.Forward(y, x, WeightMatrix.F32(w)), StringComparison.Ordinal);
    }
}
