using Temperament.Tensors.Diagnostics;
using Xunit;

namespace Temperament.Tests.Tensors.Diagnostics;

public sealed class MachineTests
{
    private static readonly MachineDescription Machine =
        new("some", "X64", "system", "runtime", 2, 2, 512, ["AVX2"], [new CacheDescription(1, 1 << 15)], 1L << 30);

    [Fact]
    public void The_machine_is_described()
    {
        MachineDescription machine = MachineDescription.Read();
        Assert.NotEmpty(machine.Processor);
        Assert.InRange(machine.PhysicalCores, 1, machine.LogicalProcessors);
        Assert.Equal(machine.PhysicalCores, MachineDescription.DefaultThreads);
        Assert.Contains(machine.VectorBits, new[] { 32, 128, 256, 512 });
        Assert.True(machine.MemoryBytes > 0);
        Assert.All(machine.Caches, cache => Assert.True(cache.Bytes > 0 && cache.Level > 0));
    }

    [Fact]
    public void Streams_of_the_memory_probes_are_whole_lines_inside_the_memory()
    {
        foreach (int threads in new[] { 1, 2, 3, 7 })
        {
            var streams = new MemoryStreams(100_003, threads);

            Assert.Equal(0, streams.Length % 16);
            Assert.InRange(streams.Bytes, 4.0 * (100_003 - (16 * 4 * threads)) - (4 * threads), 4.0 * 100_003);
        }
    }

    [Fact]
    public void A_machine_with_other_work_is_told_so()
    {
        string advice = MachineAdvice.For(Limits(all: 300), []);

        Assert.StartsWith("2 threads do 1.2 times the work of one", advice, StringComparison.Ordinal);
        Assert.Equal("All is well.", MachineAdvice.For(Limits(all: 490), []));
    }

    [Fact]
    public void A_wrong_kernel_comes_before_all_other_advice() =>
        Assert.StartsWith(
            "Do not use this machine: element 3 is 4.",
            MachineAdvice.For(Limits(all: 300), [Shares.Of(share: 0.1, fault: "element 3 is 4")]),
            StringComparison.Ordinal);

    [Fact]
    public void The_kernel_that_is_furthest_behind_is_named()
    {
        KernelShare near = Shares.Of(share: 0.85, must: 0.9), far = Shares.Of(share: 0.3, must: 0.6);

        Assert.Contains("30", MachineAdvice.For(Limits(all: 490), [near, far]), StringComparison.Ordinal);
    }

    private static MachineLimits Limits(double all) => new(Machine, 2, 250, all, 40, 50, 80);
}
