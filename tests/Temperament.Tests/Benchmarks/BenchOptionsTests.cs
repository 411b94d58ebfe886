using Temperament.Benchmarks;
using Temperament.Benchmarks.Kernels;
using Temperament.Tensors.Diagnostics;
using Temperament.Tensors.Threading;
using Xunit;

namespace Temperament.Tests.Benchmarks;

public sealed class BenchOptionsTests
{
    [Fact]
    public void A_verb_a_filter_and_options_are_read_in_any_order()
    {
        Assert.True(BenchOptions.TryRead(["--threads", "3", "kernels", "fp32 product", "--save", "--rounds", "7"], out BenchOptions? options, out _));

        Assert.Equal(("kernels", "fp32 product", 3, 7, true), (options.Verb, options.Filter, options.Threads, options.Rounds, options.Save));
    }

    [Theory]
    [InlineData("--threads", "none")]
    [InlineData("--rounds", "0")]
    [InlineData("--fast", "")]
    [InlineData("a", "b", "c")]
    public void What_is_not_understood_is_refused(params string[] words)
    {
        Assert.False(BenchOptions.TryRead(["kernels", .. words], out _, out string? error));
        Assert.NotEmpty(error);
    }

    [Fact]
    public void The_table_asks_something_of_every_row_and_names_each_once()
    {
        using var pool = new ComputePool(1);
        KernelCase[] table = [.. EngineTable.Of(pool)];

        Assert.Equal(table.Length, table.Select(c => $"{c.Kernel} {c.Shape}").Distinct().Count());
        Assert.All(table, c => Assert.True(c.Mark.Must > 0 && c.Mark.Reach >= c.Mark.Must));
        string[] families =
        [
            "fp32 product 512 x 4096 x 4096", "fp32 weight gradient 16 x 4096 x 11008", "nf4 product 64 x 11008 x 4096", "bf16 product 1 x 4096 x 4096",
            "nf4 decode", "bf16 decode", "fp32 decode", "fp32 input gradient 512 x 128 x 128", "attention 512", "attention backward", "RMSNorm", "SwiGLU",
            "RoPE", "softmax", "cross-entropy", "AdamW", "nf4 quantise", "pool, busy", "pool, after 5 ms",
        ];
        Assert.All(families, family => Assert.Contains(table, c => $"{c.Kernel} {c.Shape}".StartsWith(family, StringComparison.Ordinal)));
    }
}
