using Temperament.Tensors.Diagnostics;
using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Tensors.Diagnostics;

public sealed class KernelClockTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Kernels_are_counted_by_their_jobs_on_one_thread_or_many(int threads)
    {
        var clock = new KernelClock();
        using var pool = new ComputePool(threads) { Clock = clock };
        Tensor x = Tensor.Zeros(3, 100), y = Tensor.Zeros(3, 100), w = Tensor.Zeros(100, 100), wide = Tensor.Zeros(64, 4096);

        Softmax.Forward(pool, y, x);
        Softmax.Forward(pool, wide, wide);
        MatMul.Forward(pool, y, x, WeightMatrix.F32(w));

        Assert.Equal(2, clock.Times.Where(t => t.Job.StartsWith("Softmax.", StringComparison.Ordinal)).Sum(t => t.Calls));
        Assert.Contains(clock.Times, t => t.Job.StartsWith("MatMul", StringComparison.Ordinal));
        Assert.All(clock.Times, t => Assert.True(t.Seconds > 0));
        Assert.Equal(clock.Times.OrderByDescending(t => t.Seconds), clock.Times);
    }

    [Fact]
    public void A_clock_is_forgetful_on_request_and_a_pool_needs_none()
    {
        var clock = new KernelClock();
        using var pool = new ComputePool(2) { Clock = clock };
        Tensor x = Tensor.Zeros(3, 100);
        Softmax.Forward(pool, x, x);

        clock.Reset();
        Assert.Empty(clock.Times);
        pool.Clock = null;
        Softmax.Forward(pool, x, x);
        Assert.Empty(clock.Times);
    }

    [Fact]
    public void Counting_allocates_nothing()
    {
        using var pool = new ComputePool(2) { Clock = new KernelClock() };
        Tensor x = Tensor.Zeros(64, 4096);

        ManagedHeap.AssertUntouched(() => Softmax.Forward(pool, x, x));
    }
}
