using System.Diagnostics;
using System.Globalization;
using Temperament.Benchmarks.Peers;
using Temperament.Models;
using Temperament.Models.Checkpoints;
using Temperament.Models.Generation;
using Temperament.Tensors.Diagnostics;
using Temperament.Tensors.Threading;

namespace Temperament.Benchmarks.Runs;

/// <summary>
/// SmolLM2 from its GGUF file: from the start of a process to the first token after a prompt of 32, and an answer as a share of reading. The
/// process is this program, which loads the same runtime, kernels and model as <c>temper chat</c>.
/// </summary>
internal static class FirstTokenBench
{
    public const string Name = "SmolLM2-135M gguf";

    /// <summary>The filter by which a run knows that it is the process.</summary>
    public const string Work = "first-token";

    private const int PromptTokens = 32, AnswerTokens = 32;
    private const string Folder = "../shared/models/smollm2-135m-instruct";

    public static void Run(BenchOptions options, ComputePool pool, LimitProbe probe)
    {
        string? file = options.Model ?? (Directory.Exists(Folder) ? Directory.EnumerateFiles(Folder, "*.gguf").FirstOrDefault() : null);
        if (file is null)
        {
            Console.WriteLine($"\n{Name}: left out, no {Folder}/*.gguf and no --model");
            return;
        }

        Console.WriteLine($"\n{Name}");
        string threads = options.Threads.ToString(CultureInfo.InvariantCulture);
        double[] seconds = new double[options.Rounds];
        for (int round = 0; round < options.Rounds; round++)
        {
            long start = Stopwatch.GetTimestamp();
            using Process process = OwnProcess.Start("generate", Work, "--model", file, "--threads", threads);
            string? token = process.StandardOutput.ReadLine();
            seconds[round] = Stopwatch.GetElapsedTime(start).TotalSeconds;
            process.WaitForExit();
            if (token is null || process.ExitCode != 0)
            {
                throw new InvalidDataException($"{file}: no token came, the process ended with {process.ExitCode}");
            }
        }

        double first = Rounds.Median(seconds);
        Console.WriteLine(FormattableString.Invariant(
            $"  start of the process to the first token: {first:F2} s (must 1.0, for 0.4)  {Share.MarkLow(first, 1, 0.4)}"));
        using LanguageModel model = LanguageModel.Load(ModelSource.Open(file), pool);
        double Rate()
        {
            long start = Stopwatch.GetTimestamp();
            Generate(model, 1, AnswerTokens);
            return AnswerTokens / Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        Rate();
        double[] rates = new double[options.Rounds], limits = new double[options.Rounds];
        for (int round = 0; round < options.Rounds; round++)
        {
            double before = probe.Read();
            rates[round] = Rate();
            limits[round] = (before + probe.Read()) / 2;
        }

        double bytes = BytesPerToken(model), share = bytes * 1e-9 * Rounds.MedianRatio(rates, limits);
        Console.WriteLine(FormattableString.Invariant(
            $"  one answer: {Rounds.Median(rates):F1} tokens/s, {bytes * 1e-6:F0} MB a token, {100 * share:F1} % of {Rounds.Median(limits):F1} GB/s (must 70 %, for 85 %)  {Share.Mark(share, 0.70, 0.85)}"));
    }

    // Weights as they are held, but for embeddings that are looked up and are not the head, and the keys and values of half an answer.
    private static double BytesPerToken(LanguageModel model)
    {
        double lookedUp = model.Config.TiedEmbeddings ? 0 : model.Network.Weights.Embedding.Held.Bytes;
        return model.Network.Weights.Bytes - lookedUp + KvCache.Bytes(model.Config, AnswerTokens / 2);
    }

    /// <summary>What the process does: loads, reads the prompt, prints the first token.</summary>
    public static int Answer(BenchOptions options)
    {
        using var pool = new ComputePool(options.Threads);
        using LanguageModel model = LanguageModel.Load(ModelSource.Open(options.Model!), pool);
        Console.WriteLine(model.Tokenizer.Decode(Generate(model, PromptTokens, 1).Tokens).ReplaceLineEndings(" "));
        return 0;
    }

    private static GeneratedTokens Generate(LanguageModel model, int promptTokens, int tokens)
    {
        string text = string.Concat(Enumerable.Repeat("The small model reads a prompt and says what comes next. ", 8));
        int[] prompt = model.Tokenizer.Encode(text)[..promptTokens];
        return Generator.Generate(model.Network, [prompt], new HashSet<int>(), new GenerationOptions { MaxNewTokens = tokens, Temperature = 0, BatchSize = 1 })[0];
    }
}
