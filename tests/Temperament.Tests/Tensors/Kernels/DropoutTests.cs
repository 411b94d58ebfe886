using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Random;
using Temperament.Tensors.Threading;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Tensors.Kernels;

public sealed class DropoutTests : KernelTests
{
    private const ulong Key = 0x0123456789ABCDEF;

    [Theory]
    [MemberData(nameof(Shapes))]
    public void The_mask_is_that_of_its_row_and_column(int R, int C)
    {
        const float Rate = 0.25f;
        double[] x = Draw.Uniform("x", R * C);
        Tensor y = Memory.Filled(R, C, 7, gap: 1);

        Dropout.Apply(Pool, y, Memory.Tensor(x, R, C, gap: 2), Rate, Key, firstRow: 5);

        for (int r = 0; r < R; r++)
        {
            for (int c = 0; c < C; c++)
            {
                PhiloxBlock block = Philox.At(Key, 5 + (ulong)r, (ulong)c / 4);
                uint word = new[] { block.Word0, block.Word1, block.Word2, block.Word3 }[c % 4];
                Assert.Equal(word < Rate * 4294967296.0 ? 0 : (float)x[(r * C) + c] * (1 / (1 - Rate)), y[r, c]);
            }
        }
    }

    [Fact]
    public void The_share_of_dropped_elements_is_the_rate_and_the_mean_stays()
    {
        Tensor y = Memory.Filled(100, 400, 1);

        Dropout.Apply(Pool, y, y, 0.1f, Key, 0);

        // Five standard deviations of 40,000 draws.
        Assert.Equal(0.1, Values(y).Count(v => v == 0) / 40000.0, 5 * Math.Sqrt(0.1 * 0.9 / 40000));
        Assert.Equal(1, Values(y).Average(), 0.01);
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_given_mask_keeps_what_it_names(int R, int C)
    {
        double[] x = Draw.Uniform("x", R * C), keep = [.. Draw.Integers("keep", R * C, 2).Select(k => (double)k)];
        Tensor y = Memory.Filled(R, C, 7, gap: 1);

        Dropout.Apply(Pool, y, Memory.Tensor(x, R, C, gap: 2), Memory.Tensor(keep, R, C), 0.1f);

        for (int i = 0; i < x.Length; i++)
        {
            Assert.Equal((float)x[i] * (float)keep[i] * (1 / (1 - 0.1f)), y[i / C, i % C]);
        }
    }

    [Fact]
    public void Rate_zero_keeps_every_bit()
    {
        Tensor x = Memory.Row(Draw.Uniform("x", 65)), y = Memory.Filled(1, 65, 7);

        Dropout.Apply(Pool, y, x, 0, Key, 0);

        AssertBits(Values(x), Values(y));
    }

    [Fact]
    public void Bits_do_not_depend_on_threads_or_batch()
    {
        Tensor first = Run(Pool, 0, 90);

        AssertSameOnAnyNumberOfThreads(pool => Run(pool, 0, 90));
        AssertBits(Values(first.SliceRows(17, 30)), Values(Run(Pool, 17, 30)));
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        Tensor x = Memory.Filled(64, 257, 1);
        AssertAllocatesNothing(() => Dropout.Apply(Pool, x, x, 0.1f, Key, 0));
    }

    private Tensor Run(ComputePool pool, int start, int rows)
    {
        Tensor x = Memory.Tensor(Draw.Uniform("x", 90 * 200), 90, 200).SliceRows(start, rows);
        Dropout.Apply(pool, x, x, 0.3f, Key, start);
        return x;
    }
}
