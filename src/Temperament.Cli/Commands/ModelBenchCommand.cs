using System.CommandLine;
using System.Diagnostics;
using Temperament.Cli.Hosting;
using Temperament.Cli.Options;
using Temperament.Cli.Rendering;
using Temperament.Models;
using Temperament.Models.Decoder;
using Temperament.Models.Generation;
using Temperament.Tensors.Diagnostics;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Random;

namespace Temperament.Cli.Commands;

/// <summary><c>temper model bench</c>: how fast a model reads and writes, beside the limits of the machine in the same run.</summary>
internal static class ModelBenchCommand
{
    private const int Rounds = 3, MostTokens = 1 << 16;

    public static Command Create(CommandHost host)
    {
        Argument<string> model = ModelOptions.Model();
        Option<int> prompt = Numbers.Integer("--prompt", "N", "Tokens of the prompt.", 1, MostTokens, 512);
        Option<int> generate = Numbers.Integer("--generate", "N", "Tokens of the answer.", 1, MostTokens, 64);
        Option<BaseQuantization> quantize = ModelOptions.Quantization();
        return host.Define("bench", "Measures reading a prompt, writing an answer, and memory, beside this machine's multiply-add and read limits in the same run.",
            ["temper model bench organism", "temper model bench MODEL --quantize nf4 --prompt 512 --generate 64 --json"],
            [model, prompt, generate, quantize], run =>
            {
                run.Log("Measuring; other work on the machine lowers the figures.");
                long start = Stopwatch.GetTimestamp();
                using LanguageModel loaded = ModelOpening.Load(run.Arguments.GetRequiredValue(model), run.Pool, run.Arguments.GetValue(quantize));
                double load = Stopwatch.GetElapsedTime(start).TotalSeconds;
                ModelSpeed speed = Measure(run, loaded, run.Arguments.GetValue(prompt), run.Arguments.GetValue(generate)) with { LoadSeconds = load };
                if (run.Json)
                {
                    run.PrintJson(speed.Write);
                }
                else
                {
                    speed.Print(run);
                }
            });
    }

    private static ModelSpeed Measure(CommandRun run, LanguageModel model, int prompt, int generate)
    {
        DecoderConfig config = model.Config;
        if (prompt > config.MaxPositions || generate >= config.MaxPositions)
        {
            throw new UsageException($"--prompt {prompt} --generate {generate}: {model.Path} has {config.MaxPositions} positions. Give fewer tokens.");
        }

        var random = new RandomStream(1, "benchmark/prompt");
        int[] tokens = [.. Enumerable.Range(0, prompt).Select(_ => random.NextInt(config.VocabularySize))];
        PeakMemory.Reset();
        Read(model.Network, tokens);
        Answer(model.Network, tokens, generate, run.Cancellation);
        double memory = PeakMemory.Bytes;
        using var probe = new LimitProbe(run.Pool);
        double[] reading = new double[Rounds], peak = new double[Rounds], writing = new double[Rounds], bandwidth = new double[Rounds];
        for (int round = 0; round < Rounds; round++)
        {
            run.Cancellation.ThrowIfCancellationRequested();
            double before = probe.MultiplyAdd();
            reading[round] = prompt / Read(model.Network, tokens);
            peak[round] = (before + probe.MultiplyAdd()) / 2;
            before = probe.Read();
            writing[round] = generate / Answer(model.Network, tokens[..1], generate, run.Cancellation);
            bandwidth[round] = (before + probe.Read()) / 2;
        }

        return new ModelSpeed
        {
            Path = model.Path,
            Prompt = prompt,
            Generate = generate,
            PromptRate = Middle(reading),
            MultiplyAdd = Middle(peak),
            GenerateRate = Middle(writing),
            ReadBandwidth = Middle(bandwidth),
            OperationsPerToken = 2.0 * config.BlockParameterCount,
            BytesPerToken = model.Network.Weights.Bytes - LookedUp(model.Network) + KvCache.Bytes(config, generate / 2),
            WeightBytes = model.Network.Weights.Bytes,
            CacheBytes = KvCache.Bytes(config, prompt + generate),
            PeakBytes = memory,
        };
    }

    // Embeddings that are not the head are read one row a token.
    private static long LookedUp(DecoderNetwork network) => network.Config.TiedEmbeddings ? 0 : network.Weights.Embedding.Held.Bytes;

    private static double Read(DecoderNetwork network, int[] tokens)
    {
        long start = Stopwatch.GetTimestamp();
        var cache = new KvCache(network.Config, 1, tokens.Length);
        cache.Select([0]);
        using var state = new DecoderState(keepsActivations: false);
        Tensor logits = Tensor.Zeros(1, network.Config.VocabularySize);
        network.Logits(logits, network.Forward(TokenBatch.From([new TokenSequence(tokens)]), state, cache).SliceRows(tokens.Length - 1, 1));
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double Answer(DecoderNetwork network, int[] prompt, int count, CancellationToken cancellation)
    {
        int[] shown = prompt[..Math.Min(prompt.Length, network.Config.MaxPositions - count)];
        long start = Stopwatch.GetTimestamp();
        Generator.Generate(network, [shown], new HashSet<int>(), new GenerationOptions { MaxNewTokens = count, Temperature = 0, BatchSize = 1 },
            cancellation: cancellation);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double Middle(double[] values) => values.Order().ElementAt(values.Length / 2);
}
