using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Tensors.Kernels;

public sealed class UniformNoiseTests : KernelTests
{
    private const ulong Key = 77;

    [Fact]
    public void Noise_is_even_within_its_size_and_differs_by_row_column_and_key()
    {
        float[] noise = Values(Run(Pool, 0, 100, Key));

        Assert.InRange(noise.Max(), 0.249f, 0.25f);
        Assert.InRange(noise.Min(), -0.25f, -0.249f);
        // Five standard deviations of a mean of 20,100 uniform numbers.
        Assert.Equal(0, noise.Average(), 5 * 0.25 / Math.Sqrt(3 * 20100));
        Assert.Equal(noise.Length, noise.Distinct().Count(), noise.Length / 500.0);
        Assert.NotEqual(noise, Values(Run(Pool, 0, 100, Key + 1)));
    }

    [Fact]
    public void Bits_do_not_depend_on_threads_instruction_set_or_batch()
    {
        Tensor all = Run(Pool, 0, 100, Key);

        AssertSameOnAnyNumberOfThreads(pool => Run(pool, 0, 100, Key));
        AssertBits(Values(all.SliceRows(13, 20)), Values(Run(Pool, 13, 20, Key)));
        Assert.Equal(0x2e30bda7u, Word(all));
    }

    private Tensor Run(ComputePool pool, int first, int rows, ulong key)
    {
        Tensor x = Memory.Filled(rows, 201, 0);
        UniformNoise.Add(pool, x, 0.25f, key, first);
        return x;
    }
}
