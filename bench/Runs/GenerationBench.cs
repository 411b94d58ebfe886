using System.Diagnostics;
using Temperament.Benchmarks.Kernels;
using Temperament.Benchmarks.Peers;
using Temperament.Models.Decoder;
using Temperament.Models.Generation;
using Temperament.Tensors.Diagnostics;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Random;
using Temperament.Tensors.Threading;

namespace Temperament.Benchmarks.Runs;

/// <summary>
/// <c>generate</c>: reading a prompt of 512 tokens, one answer, and sixteen answers at once, on random weights of real shapes; each round
/// with its limits. Answers are greedy and never stop, through the same generator as everything else.
/// </summary>
internal static class GenerationBench
{
    private const int PromptTokens = 512, AnswerTokens = 32, Answers = 16;

    private static readonly (string Name, DecoderConfig Shape, WeightFormat Format)[] Models =
    [
        ("1.1B NF4", ModelShape.Llama1B, WeightFormat.Nf4),
        ("SmolLM2-135M bf16", ModelShape.SmolLm2, WeightFormat.Bf16),
    ];

    public static int Run(BenchOptions options)
    {
        using var pool = new ComputePool(options.Threads);
        using var probe = new LimitProbe(pool);
        LimitTable.Print(MachineLimits.Measure(options.Threads));
        foreach ((string name, DecoderConfig shape, WeightFormat format) in Models.Where(m => m.Name.Contains(options.Filter, StringComparison.OrdinalIgnoreCase)))
        {
            PeakMemory.Reset();
            using var model = new RandomModel(shape, format, pool);
            Console.WriteLine($"\n{name}");
            Prompt(model, probe, options.Rounds);
            Generation(model, probe, options.Rounds);
            double cache = CacheBytes(shape, Answers * (1 + AnswerTokens));
            Console.WriteLine(FormattableString.Invariant(
                $"  peak memory {PeakMemory.Bytes / 1e6:F0} MB: weights {model.WeightBytes / 1e6:F0}, cache {cache / 1e6:F0}, the rest {(PeakMemory.Bytes - model.WeightBytes - cache) / 1e6:F0}, of which {probe.Bytes / 1e6:F0} for measuring"));
        }

        return 0;
    }

    private static void Prompt(RandomModel model, LimitProbe probe, int rounds)
    {
        DecoderNetwork network = model.Network;
        using var state = new DecoderState(keepsActivations: false);
        TokenBatch batch = TokenBatch.From([new TokenSequence(Tokens(network.Config, PromptTokens))]);
        Tensor logits = Tensor.Zeros(1, network.Config.VocabularySize);
        void Read()
        {
            var cache = new KvCache(network.Config, 1, PromptTokens);
            cache.Select([0]);
            network.Logits(logits, network.Forward(batch, state, cache).SliceRows(PromptTokens - 1, 1));
        }

        Read();
        double[] rates = new double[rounds], limits = new double[rounds];
        for (int round = 0; round < rounds; round++)
        {
            double before = probe.MultiplyAdd();
            rates[round] = PromptTokens / Timing.SecondsPerCall(Read, 0.1);
            limits[round] = (before + probe.MultiplyAdd()) / 2;
        }

        double operations = 2.0 * network.Config.BlockParameterCount * 1e-9, share = operations * Rounds.MedianRatio(rates, limits);
        Console.WriteLine(FormattableString.Invariant(
            $"  prompt of {PromptTokens}: {Rounds.Median(rates):F1} tokens/s, {100 * share:F1} % of {Rounds.Median(limits):F0} GFLOP/s (must 82 %, for 90 %)  {Mark(share, 0.82, 0.90)}"));
    }

    private static void Generation(RandomModel model, LimitProbe probe, int rounds)
    {
        DecoderNetwork network = model.Network;
        double Rate(int answers)
        {
            int[][] prompts = [.. Enumerable.Range(0, answers).Select(i => Tokens(network.Config, 1))];
            long start = Stopwatch.GetTimestamp();
            Generator.Generate(
                network, prompts, new HashSet<int>(), new GenerationOptions { MaxNewTokens = AnswerTokens, Temperature = 0, BatchSize = answers });
            return answers * AnswerTokens / Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        Rate(1);
        Rate(Answers);
        double[] one = new double[rounds], many = new double[rounds], limits = new double[rounds];
        for (int round = 0; round < rounds; round++)
        {
            double before = probe.Read();
            one[round] = Rate(1);
            limits[round] = (before + probe.Read()) / 2;
            many[round] = Rate(Answers);
        }

        double bytes = BytesPerToken(model), share = bytes * 1e-9 * Rounds.MedianRatio(one, limits), ratio = Rounds.MedianRatio(many, one);
        Console.WriteLine(FormattableString.Invariant(
            $"  one answer: {Rounds.Median(one):F1} tokens/s, {bytes * 1e-6:F0} MB a token, {100 * share:F1} % of {Rounds.Median(limits):F1} GB/s (must 85 %, for 95 %)  {Mark(share, 0.85, 0.95)}"));
        Console.WriteLine(FormattableString.Invariant(
            $"  {Answers} answers at once: {Rounds.Median(many):F1} tokens/s, {ratio:F1} times one (must 7, for 11)  {Mark(ratio, 7, 11)}"));
    }

    // Every weight once, but for embeddings that are looked up and are not the head, and the keys and values of half an answer.
    private static double BytesPerToken(RandomModel model)
    {
        DecoderConfig config = model.Network.Config;
        double lookedUp = config.TiedEmbeddings ? 0 : (double)config.VocabularySize * config.HiddenSize * sizeof(float);
        return model.WeightBytes - lookedUp + CacheBytes(config, AnswerTokens / 2);
    }

    private static double CacheBytes(DecoderConfig config, int tokens) => 2.0 * config.Layers * config.KeyValueHeads * config.HeadSize * tokens * sizeof(float);

    private static string Mark(double share, double must, double reach) => share >= reach ? "PASS+" : share >= must ? "PASS" : "miss";

    private static int[] Tokens(DecoderConfig config, int count)
    {
        var random = new RandomStream(1, "benchmark/prompt");
        return [.. Enumerable.Range(0, count).Select(_ => random.NextInt(config.VocabularySize))];
    }
}
