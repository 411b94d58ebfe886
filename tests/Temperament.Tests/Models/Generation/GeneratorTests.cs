using Temperament.Models.Decoder;
using Temperament.Models.Generation;
using Temperament.Models.Hooks;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Random;
using Temperament.Tensors.Threading;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Models.Generation;

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

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, false)]
    [InlineData(9, false)]
    [InlineData(3, true)]
    public void Shared_beginnings_and_slots_in_turn_change_no_bit(int batchSize, bool shareNothing)
    {
        using var pool = new ComputePool(2);
        DecoderNetwork network = TinyDecoder.Create(pool);
        int[] beginning = TinyDecoder.Sequence(6, 3).Tokens;
        int[][] prompts = [.. Enumerable.Range(0, 9).Select(i => (int[])[.. shareNothing ? [] : beginning, .. TinyDecoder.Sequence(1 + (i % 4), i / 2).Tokens])];
        var options = new GenerationOptions { MaxNewTokens = 12, Temperature = 1, Seed = 3, BatchSize = batchSize };
        var together = new Bits();

        Generator.Generate(network, prompts, Stops, options, together);

        var alone = new Bits();
        for (int i = 0; i < prompts.Length; i++)
        {
            alone.First = i;
            Generator.Generate(network, [prompts[i]], Stops, options with { FirstPrompt = i }, alone);
        }

        Assert.Equal(alone.Lines.Order(), together.Lines.Order());
        Assert.True(together.Lines.Count > 40);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Hooks_see_every_row_of_every_prompt(int batchSize)
    {
        using var pool = new ComputePool(1);
        DecoderNetwork network = TinyDecoder.Create(pool);
        int[] prompt = TinyDecoder.Sequence(8, 1).Tokens;
        var rows = new RowCounter();

        Generator.Generate(network, [prompt, prompt, prompt], Stops, new GenerationOptions { MaxNewTokens = 1, BatchSize = batchSize }, hooks: new HookSet(rows));

        Assert.Equal(24, rows.Rows);
    }

    [Fact]
    public void Another_seed_draws_other_answers()
    {
        Assert.False(Answers(5, 1, seed: 1).SelectMany(t => t).SequenceEqual(Answers(5, 1, seed: 2).SelectMany(t => t)));
    }

    [Fact]
    public void A_prompt_longer_than_the_context_is_refused_before_anything_is_computed()
    {
        using var pool = new ComputePool(1);
        DecoderNetwork network = TinyDecoder.Create(pool);
        var prompt = new int[network.Config.MaxPositions + 1];
        var options = new GenerationOptions { MaxNewTokens = 1 };
        var session = new GenerationSession(network);

        ContextLengthException error = Assert.Throws<ContextLengthException>(() => Generator.Generate(network, [[1], prompt], new HashSet<int>(), options));
        Assert.Equal((65, 64), (error.Length, error.Limit));
        Assert.Throws<ContextLengthException>(() => session.Generate(prompt, new HashSet<int>(), options));
        Assert.Single(Generator.Generate(network, [prompt[1..]], new HashSet<int>(), options)[0].Tokens);
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
            counts[0, sampler.Draw(probabilities, 1, 0, 0, random)]++;
            counts[1, sampler.Draw(probabilities, 0.7, 0, 0, random)]++;
            counts[2, sampler.Draw(probabilities, 1, 1, 0, random)]++;
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

    [Fact]
    public void A_smallest_share_of_the_likeliest_cuts_the_rest()
    {
        float[] probabilities = [0.1f, 0.4f, 0.05f, 0.3f, 0.15f];
        var sampler = new Sampler(5);
        var random = new RandomStream(5, "draws");

        int[] drawn = [.. Enumerable.Range(0, 2000).Select(_ => sampler.Draw(probabilities, 1, 0, 0.3, random)).Distinct().Order()];

        Assert.Equal([1, 3, 4], drawn);
        Assert.Equal([1, 3], Enumerable.Range(0, 2000).Select(_ => sampler.Draw(probabilities, 1, 2, 0.3, random)).Distinct().Order());
    }

    [Fact]
    public void Equal_probabilities_at_the_border_of_top_k_stay_by_their_ids()
    {
        float[] probabilities = [0.2f, 0.1f, 0.3f, 0.2f, 0.2f];
        var sampler = new Sampler(5);
        var random = new RandomStream(5, "draws");

        Assert.Equal([0, 2], Enumerable.Range(0, 2000).Select(_ => sampler.Draw(probabilities, 1, 2, 0, random)).Distinct().Order());
    }

    private static readonly HashSet<int> Stops = [5];

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

    private sealed class Bits : IGenerationObserver
    {
        public int First { get; set; }

        public List<string> Lines { get; } = [];

        public void Step(int prompt, int step, ReadOnlySpan<float> logits, int chosen) =>
            Lines.Add($"{First + prompt:00} {step:00} {chosen} {Convert.ToHexString(System.Runtime.InteropServices.MemoryMarshal.AsBytes(logits))}");
    }

    private sealed class RowCounter : IActivationHook
    {
        public int Rows { get; private set; }

        public bool Wants(HookSite site, int layer) => site == HookSite.Residual && layer == 0;

        public void Visit(HookSite site, int layer, Tensor activation, TokenBatch batch) => Rows += activation.Rows;
    }
}
