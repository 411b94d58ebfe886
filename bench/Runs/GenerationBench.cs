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
/// with its limits. Answers are greedy and never stop, through the same generator as everything else. Only what something is asked of is marked.
/// </summary>
internal static class GenerationBench
{
    private const int PromptTokens = 512, AnswerTokens = 32, Answers = 16;

    private static readonly (string Name, DecoderConfig Shape, WeightFormat Format, bool Marked)[] Models =
    [
        ("1.1B NF4", ModelShape.Llama1B, WeightFormat.Nf4, true),
        ("SmolLM2-135M bf16", ModelShape.SmolLm2, WeightFormat.Bf16, false),
    ];

    public static int Run(BenchOptions options)
    {
        if (options.Filter == FirstTokenBench.Work)
        {
            return FirstTokenBench.Answer(options);
        }

        using var pool = new ComputePool(options.Threads);
        using var probe = new LimitProbe(pool);
        LimitTable.Print(MachineLimits.Measure(options.Threads));
        bool Asked(string name) => name.Contains(options.Filter, StringComparison.OrdinalIgnoreCase);
        foreach ((string name, DecoderConfig shape, WeightFormat format, bool marked) in Models.Where(m => Asked(m.Name)))
        {
            // Threads of its own: their scratch memory is this model's.
            using var own = new ComputePool(options.Threads);
            using var model = new RandomModel(shape, format, own);
            PeakMemory.Reset();
            Console.WriteLine($"\n{name}");
            Prompt(model, probe, options.Rounds, marked);
            double rate = Generation(model, probe, options.Rounds, marked);
            double cache = CacheBytes(shape, Answers * (1 + AnswerTokens)), rest = PeakMemory.Bytes - model.WeightBytes - cache - probe.Bytes;
            Console.WriteLine(FormattableString.Invariant(
                $"  peak memory {PeakMemory.Bytes / 1e6:F0} MB: weights {model.WeightBytes / 1e6:F0}, cache {cache / 1e6:F0}, memory to measure with {probe.Bytes / 1e6:F0}, the rest {rest / 1e6:F0} (must 300, for 120)  {Share.MarkLow(rest, 300e6, 120e6)}"));
            if (marked && options.LlamaBench is { } program)
            {
                LlamaBench peer = LlamaBench.Measure(program, options.LlamaModel!, options.Threads);
                Console.WriteLine(FormattableString.Invariant(
                    $"  llama-bench: prompt of 512 {peer.Prompt:F1} tokens/s, answer {peer.Generation:F1} tokens/s; ours {rate / peer.Generation:F2} times (must 1.0, for 1.3)  {Share.Mark(rate / peer.Generation, 1, 1.3)}"));
            }
        }

        if (Asked(AnswerBench.Name))
        {
            AnswerBench.Run(options, pool);
        }

        if (Asked(FirstTokenBench.Name))
        {
            FirstTokenBench.Run(options, pool, probe);
        }

        if (Asked(EmbeddingBench.Name))
        {
            EmbeddingBench.Run(options, pool, probe);
        }

        if (Asked(ConversionBench.Name))
        {
            ConversionBench.Run(options, pool, probe);
        }

        return 0;
    }

    private static void Prompt(RandomModel model, LimitProbe probe, int rounds, bool marked)
    {
        DecoderNetwork network = model.Network;
        using var state = new DecoderState(keepsActivations: false);
        TokenBatch batch = TokenBatch.From([new TokenSequence(Tokens(network.Config, PromptTokens))]);
        Tensor logits = Tensor.Zeros(1, network.Config.VocabularySize);
        void Read()
        {
            using var cache = new KvCache(network.Config, 1, PromptTokens);
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
            $"  prompt of {PromptTokens}: {Rounds.Median(rates):F1} tokens/s, {100 * share:F1} % of {Rounds.Median(limits):F0} GFLOP/s{(marked ? " (must 82 %, for 90 %)  " + Share.Mark(share, 0.82, 0.90) : "")}"));
    }

    private static double Generation(RandomModel model, LimitProbe probe, int rounds, bool marked)
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
        double[] one = new double[rounds], many = new double[rounds], limits = new double[rounds], caps = new double[rounds];
        double operations = 2e-9 * ModelShape.Multiplied(network.Config);
        for (int round = 0; round < rounds; round++)
        {
            double before = probe.Read();
            one[round] = Rate(1);
            limits[round] = (before + probe.Read()) / 2;
            many[round] = Rate(Answers);
            caps[round] = probe.MultiplyAdd() / operations;
        }

        double bytes = BytesPerToken(model), share = bytes * 1e-9 * Rounds.MedianRatio(one, limits), ratio = Rounds.MedianRatio(many, one);
        Console.WriteLine(FormattableString.Invariant(
            $"  one answer: {Rounds.Median(one):F1} tokens/s, {bytes * 1e-6:F0} MB a token, {100 * share:F1} % of {Rounds.Median(limits):F1} GB/s{(marked ? " (must 85 %, for 95 %)  " + Share.Mark(share, 0.85, 0.95) : "")}"));
        Console.WriteLine(FormattableString.Invariant(
            $"  {Answers} answers at once: {Rounds.Median(many):F1} tokens/s, {ratio:F1} times one{(marked ? " (must 7, for 11)  " + Share.Mark(ratio, 7, 11) : "")}; the multiply-adds allow {Rounds.MedianRatio(caps, one):F1} times"));
        return Rounds.Median(one);
    }

    // Every weight once, but for embeddings that are looked up and are not the head, and the keys and values of half an answer.
    private static double BytesPerToken(RandomModel model)
    {
        DecoderConfig config = model.Network.Config;
        return model.WeightBytes - (config.TiedEmbeddings ? 0 : model.EmbeddingBytes) + CacheBytes(config, AnswerTokens / 2);
    }

    private static double CacheBytes(DecoderConfig config, int tokens) => 2.0 * config.Layers * config.KeyValueHeads * config.HeadSize * tokens * sizeof(float);

    private static int[] Tokens(DecoderConfig config, int count)
    {
        var random = new RandomStream(1, "benchmark/prompt");
        return [.. Enumerable.Range(0, count).Select(_ => random.NextInt(config.VocabularySize))];
    }
}
