using Temperament.Models.Decoder;
using Temperament.Models.Generation;
using Temperament.Tensors.Random;
using Temperament.Tensors.Threading;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Models.Decoder;

public sealed class GeneratorTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 2)]
    [InlineData(8, 3)]
    public void Batch_size_and_threads_change_no_token(int batchSize, int threads)
    {
        Assert.Equal(Answers(batchSize: 5, threads: 1), Answers(batchSize, threads));
    }

    [Fact]
    public void Another_seed_draws_other_answers()
    {
        Assert.False(Answers(5, 1, seed: 1).SelectMany(t => t).SequenceEqual(Answers(5, 1, seed: 2).SelectMany(t => t)));
    }

    [Fact]
    public void An_answer_ends_at_a_stop_token_which_is_left_out_but_shown_to_the_observer()
    {
        using var pool = new ComputePool(1);
        DecoderNetwork network = TinyDecoder.Create(pool);
        HashSet<int> stops = [.. Enumerable.Range(0, 12)];
        var observer = new Counter();

        IReadOnlyList<GeneratedTokens> answers = Generator.Generate(
            network, [[1, 2], [3], [20, 4]], stops, new GenerationOptions { MaxNewTokens = 30, Temperature = 1 }, observer);

        Assert.All(answers, a => Assert.DoesNotContain(a.Tokens, stops.Contains));
        Assert.Contains(answers, a => a.Stopped);
        for (int i = 0; i < answers.Count; i++)
        {
            Assert.Equal(answers[i].Tokens.Length + (answers[i].Stopped ? 1 : 0), observer.Steps[i]);
        }
    }

    [Fact]
    public void Draws_follow_the_probabilities_and_the_cuts()
    {
        float[] probabilities = [0.1f, 0.4f, 0.05f, 0.4f, 0.05f];
        var sampler = new Sampler(5);
        var random = new RandomStream(5, "draws");
        var counts = new int[3, 5];
        for (int i = 0; i < 4000; i++)
        {
            counts[0, sampler.Draw(probabilities, 1, 0, random)]++;
            counts[1, sampler.Draw(probabilities, 0.7, 0, random)]++;
            counts[2, sampler.Draw(probabilities, 1, 1, random)]++;
        }

        for (int t = 0; t < 5; t++)
        {
            // Four deviations of a binomial share at n = 4000.
            Assert.InRange(counts[0, t] / 4000.0, probabilities[t] - 0.032, probabilities[t] + 0.032);
        }

        Assert.Equal(4000, counts[1, 1] + counts[1, 3]);
        Assert.InRange(counts[1, 1], 1800, 2200);
        Assert.Equal(4000, counts[2, 1]);
    }

    private static List<int[]> Answers(int batchSize, int threads, long seed = 7)
    {
        using var pool = new ComputePool(threads);
        DecoderNetwork network = TinyDecoder.Create(pool);
        int[][] prompts = [.. Enumerable.Range(0, 7).Select(i => TinyDecoder.Sequence(1 + i, i).Tokens)];
        var options = new GenerationOptions { MaxNewTokens = 9, Temperature = 1, TopP = 0.9, Seed = seed, BatchSize = batchSize };
        return [.. Generator.Generate(network, prompts, new HashSet<int> { 5 }, options).Select(a => a.Tokens)];
    }

    private sealed class Counter : IGenerationObserver
    {
        public Dictionary<int, int> Steps { get; } = [];

        public void Step(int prompt, int step, ReadOnlySpan<float> logits, int chosen)
        {
            Assert.Equal(Steps.GetValueOrDefault(prompt), step);
            Steps[prompt] = step + 1;
        }
    }
}
