using Temperament.Tensors.Random;
using Xunit;

namespace Temperament.Tests.Tensors.Random;

public sealed class RandomStreamTests
{
    private const int Count = 100_000;

    [Fact]
    public void The_same_seed_and_name_give_the_same_words_and_others_do_not()
    {
        uint[] first = Words(1, "a");

        Assert.Equal(first, Words(1, "a"));
        Assert.DoesNotContain(Words(2, "a"), word => first.Contains(word));
        Assert.DoesNotContain(Words(1, "b"), word => first.Contains(word));
    }

    [Fact]
    public void Doubles_are_uniform()
    {
        var stream = new RandomStream(3, "uniform");
        int[] bins = new int[100];
        double sum = 0;
        for (int i = 0; i < Count; i++)
        {
            double value = stream.NextDouble();
            Assert.InRange(value, 0, 1 - 1e-16);
            bins[(int)(value * 100)]++;
            sum += value;
        }

        // Chi squared with 99 degrees of freedom: mean 99, standard deviation 14; the mean of uniform numbers has deviation 1/sqrt(12 n).
        Assert.InRange(bins.Sum(bin => Math.Pow(bin - 1000, 2) / 1000), 99 - 70, 99 + 70);
        Assert.Equal(0.5, sum / Count, 5 / Math.Sqrt(12.0 * Count));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(int.MaxValue)]
    public void Whole_numbers_stay_below_their_limit_and_are_even_on_the_average(int limit)
    {
        var stream = new RandomStream(4, "whole");
        double sum = 0;
        for (int i = 0; i < Count; i++)
        {
            int value = stream.NextInt(limit);
            Assert.InRange(value, 0, limit - 1);
            sum += value;
        }

        Assert.Equal((limit - 1) / 2.0, sum / Count, 5.0 * limit / Math.Sqrt(12.0 * Count));
    }

    [Fact]
    public void Normal_numbers_have_mean_zero_and_deviation_one()
    {
        var stream = new RandomStream(5, "normal");
        double sum = 0, squares = 0;
        for (int i = 0; i < Count; i++)
        {
            double value = stream.NextNormal();
            sum += value;
            squares += value * value;
        }

        Assert.Equal(0, sum / Count, 5 / Math.Sqrt(Count));
        Assert.Equal(1, squares / Count, 5 * Math.Sqrt(2.0 / Count));
    }

    [Fact]
    public void A_shuffle_keeps_every_item_and_puts_each_everywhere_as_often()
    {
        var stream = new RandomStream(6, "shuffle");
        int[] places = new int[4];
        for (int i = 0; i < 40_000; i++)
        {
            int[] items = [0, 1, 2, 3];
            stream.Shuffle<int>(items);
            Assert.Equal(6, items.Sum());
            places[Array.IndexOf(items, 0)]++;
        }

        // Five standard deviations of 40,000 draws with probability 1/4.
        Assert.All(places, count => Assert.InRange(count, 10_000 - 433, 10_000 + 433));
    }

    /// <summary>A change here changes every study that has been run.</summary>
    [Fact]
    public void The_sequence_of_a_name_is_fixed()
    {
        var stream = new RandomStream(42, "dropout/layer3/step120");

        Assert.Equal([2031241392u, 2871312653u, 2302592247u], new[] { stream.NextWord(), stream.NextWord(), stream.NextWord() });
    }

    private static uint[] Words(long seed, string name)
    {
        var stream = new RandomStream(seed, name);
        return [.. Enumerable.Range(0, 64).Select(_ => stream.NextWord())];
    }
}
