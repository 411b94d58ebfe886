using Temperament.Tensors.Diagnostics;
using Xunit;

namespace Temperament.Tests.Tensors.Diagnostics;

public sealed class KernelSharesTests
{
    [Fact]
    public void A_kernel_is_checked_once_and_then_timed_in_each_round()
    {
        using var probe = new LimitProbe(1);
        int calls = 0, checkedAfter = 0;
        KernelCase kernel = Shares.Case(prepare: () => new KernelTrial(() =>
        {
            calls++;
            Thread.SpinWait(2000);
        })
        {
            Check = () =>
            {
                checkedAfter = calls;
                return null;
            },
        });

        KernelShare share = KernelShares.Measure(probe, kernel, rounds: 3, seconds: 0.001);

        // At the least: the checked call, the one whose allocations are counted, one that tells the length of a sample, and one a round.
        Assert.Equal(1, checkedAfter);
        Assert.True(calls >= 6, $"{calls} calls");
        Assert.Equal("GFLOP/s", share.Unit);
        Assert.True(share.Achieved > 0 && share.LimitFigure > 0);
        Assert.InRange(share.Share, share.Lowest, share.Highest);
        Assert.Equal(KernelVerdict.None, share.Verdict);
    }

    [Fact]
    public void A_kernel_may_be_held_against_another_one()
    {
        using var probe = new LimitProbe(1);
        KernelCase kernel = Shares.Case(LimitKind.DenseProduct, must: 2, reach: 1e9, prepare: () => new KernelTrial(() => Thread.SpinWait(1000))
        {
            Yardstick = () => Thread.SpinWait(20_000),
        });

        KernelShare share = KernelShares.Measure(probe, kernel, rounds: 3, seconds: 0.001);

        Assert.Equal(KernelVerdict.Pass, share.Verdict);
    }

    [Fact]
    public void A_time_is_held_against_the_time_allowed()
    {
        using var probe = new LimitProbe(1);
        double[] times = [9, 4, 5, 50, 6];
        int next = 0;
        KernelCase kernel = Shares.Case(LimitKind.Time, must: 1, reach: 3, work: 12, prepare: () => new KernelTrial(() => { }) { Microseconds = () => times[next++] });

        KernelShare share = KernelShares.Measure(probe, kernel);

        Assert.Equal("us", share.Unit);
        Assert.Equal(6, share.Achieved);
        Assert.Equal(2, share.Share);
        Assert.Equal(12.0 / 50, share.Lowest);
        Assert.Equal(3, share.Highest);
        Assert.Equal(KernelVerdict.Pass, share.Verdict);
    }

    [Fact]
    public void A_wrong_result_and_an_allocation_are_told_whatever_the_speed()
    {
        using var probe = new LimitProbe(1);
        byte[][] kept = new byte[1][];
        KernelCase wrong = Shares.Case(prepare: () => new KernelTrial(() => { }) { Check = () => "element 0 is 1" });
        KernelCase allocating = Shares.Case(prepare: () => new KernelTrial(() => kept[0] = new byte[1000]));

        KernelShare first = KernelShares.Measure(probe, wrong, rounds: 1, seconds: 1e-4);
        KernelShare second = KernelShares.Measure(probe, allocating, rounds: 1, seconds: 1e-4);

        Assert.Equal((KernelVerdict.Wrong, "element 0 is 1"), (first.Verdict, first.Fault));
        Assert.Equal(KernelVerdict.Allocates, second.Verdict);
        Assert.True(second.AllocatedBytes >= 1000);
    }

    [Theory]
    [InlineData(0.59, KernelVerdict.Miss)]
    [InlineData(0.60, KernelVerdict.Pass)]
    [InlineData(0.7499, KernelVerdict.Pass)]
    [InlineData(0.75, KernelVerdict.Reached)]
    public void A_share_is_marked(double share, KernelVerdict verdict) => Assert.Equal(verdict, Shares.Of(share, 0.60, 0.75).Verdict);
}
