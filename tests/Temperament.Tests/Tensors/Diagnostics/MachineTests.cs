using Temperament.Tensors.Diagnostics;
using Xunit;

namespace Temperament.Tests.Tensors.Diagnostics;

public sealed class MachineTests
{
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
    public void A_kernel_is_measured_as_a_share_of_its_limit()
    {
        using var probe = new LimitProbe(1);
        int calls = 0;
        KernelShare share = Assert.Single(KernelShares.Measure(
            probe, [new KernelCase("wait", "none", LimitKind.MultiplyAdd, 1e6, () => { calls++; Thread.SpinWait(20000); })], rounds: 1));
        Assert.True(calls > 1);
        Assert.Equal("GFLOP/s", share.Unit);
        Assert.True(share.Achieved > 0 && share.LimitFigure > 0);
        Assert.Equal(share.Achieved / share.LimitFigure, share.Share, 1e-9);
    }
}
