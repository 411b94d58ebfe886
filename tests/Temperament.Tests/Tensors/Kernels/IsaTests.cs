using System.Runtime.Intrinsics;
using Xunit;

namespace Temperament.Tests.Tensors.Kernels;

public sealed class IsaTests
{
    /// <summary>The runtime ignores a misspelt switch, so each leg of the instruction-set matrix proves what it ran on.</summary>
    [Fact]
    public void The_process_runs_on_the_instruction_set_that_was_asked_for()
    {
        string? asked = Environment.GetEnvironmentVariable("TEMPER_EXPECT_ISA");
        Assert.SkipWhen(asked is null, "TEMPER_EXPECT_ISA is not set: nothing is expected of the instruction set");
        string ran = Vector512.IsHardwareAccelerated ? "avx512"
            : Vector256.IsHardwareAccelerated ? "avx2"
            : Vector128.IsHardwareAccelerated ? "v128"
            : "scalar";
        Assert.Equal(asked, ran);
    }
}
