using Temperament.Models.Generation;
using Temperament.Tensors.Random;
using Xunit;

namespace Temperament.Tests.Models.Generation;

public sealed class SamplerTests
{
    private const int Vocabulary = 53;

    [Theory]
    [InlineData(1, 0, 0)]
    [InlineData(0.9, 0, 0)]
    [InlineData(0.4, 0, 0)]
    [InlineData(1, 7, 0)]
    [InlineData(0.6, 7, 0)]
    [InlineData(1, 0, 0.2)]
    [InlineData(0.8, 12, 0.15)]
    [InlineData(0.001, 90, 0.9)]
    public void Tokens_are_drawn_from_those_that_each_cut_leaves(double topP, int topK, double minP)
    {
        var sampler = new Sampler(Vocabulary);
        for (int set = 0; set < 20; set++)
        {
            float[] probabilities = Probabilities(set);
            int[] kept = Kept(probabilities, topP, topK, minP);
            var seen = new HashSet<int>();
            for (int draw = 0; draw < 200; draw++)
            {
                int token = sampler.Draw(probabilities, topP, topK, minP, new RandomStream(draw, "u"));
                Assert.Equal(Expected(probabilities, kept, new RandomStream(draw, "u").NextDouble()), token);
                seen.Add(token);
            }

            Assert.Subset(kept.ToHashSet(), seen);
            Assert.True(kept.Length == 1 || seen.Count > 1);
        }
    }

    [Fact]
    public void Ties_go_to_the_smaller_id()
    {
        float[] probabilities = [0.1f, 0.3f, 0.3f, 0.3f];
        var sampler = new Sampler(4);

        Assert.All(Enumerable.Range(0, 50), seed => Assert.Equal(1, sampler.Draw(probabilities, 1, 1, 0, new RandomStream(seed, "u"))));
        Assert.All(Enumerable.Range(0, 50), seed => Assert.Contains(sampler.Draw(probabilities, 1, 2, 0, new RandomStream(seed, "u")), new[] { 1, 2 }));
        Assert.Equal(1, Sampler.Greedy(probabilities));
    }

    // The definition: the likeliest K; of these, the fewest that reach P of their probability; of these, those with a share of the largest.
    private static int[] Kept(float[] probabilities, double topP, int topK, double minP)
    {
        int[] order = [.. Enumerable.Range(0, Vocabulary).OrderByDescending(i => probabilities[i]).ThenBy(i => i)];
        if (topK > 0)
        {
            order = [.. order.Take(topK)];
        }

        double whole = order.Sum(i => (double)probabilities[i]), reached = 0;
        var kept = new List<int>();
        foreach (int token in order)
        {
            if (kept.Count > 0 && reached >= topP * whole)
            {
                break;
            }

            kept.Add(token);
            reached += probabilities[token];
        }

        return [.. kept.Where(i => probabilities[i] >= minP * probabilities[order[0]])];
    }

    // In order of their ids if no token was cut, else of their probabilities.
    private static int Expected(float[] probabilities, int[] kept, double u)
    {
        int[] order = kept.Length == Vocabulary ? [.. kept.Order()] : kept;
        double target = u * order.Sum(i => (double)probabilities[i]), walked = 0;
        return order.First(i => (walked += probabilities[i]) > target);
    }

    private static float[] Probabilities(int seed)
    {
        var random = new RandomStream(seed, "probabilities");
        double[] weights = [.. Enumerable.Range(0, Vocabulary).Select(_ => Math.Exp(4 * random.NextDouble()))];
        return [.. weights.Select(w => (float)(w / weights.Sum()))];
    }
}
