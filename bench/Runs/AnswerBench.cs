using System.Diagnostics;
using Temperament.Benchmarks.Peers;
using Temperament.Models.Decoder;
using Temperament.Models.Generation;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Random;
using Temperament.Tensors.Threading;

namespace Temperament.Benchmarks.Runs;

/// <summary>What a row of a study asks of the shape of SmolLM2-135M in NF4: 200 sampled answers of 60 tokens to questions that begin alike.</summary>
internal static class AnswerBench
{
    public const string Name = "200 answers";

    private const int Questions = 200, AnswerTokens = 60, SharedTokens = 24, OwnTokens = 12, CheckedTokens = 8, MostRounds = 3;
    private const double MustSeconds = 120;

    public static void Run(BenchOptions options, ComputePool pool)
    {
        using var model = new RandomModel(ModelShape.SmolLm2, WeightFormat.Nf4, pool);
        DecoderNetwork network = model.Network;
        int[][] prompts = Prompts(network.Config);
        CheckAlone(network, prompts);

        double[] seconds = new double[Math.Min(options.Rounds, MostRounds)];
        for (int round = 0; round < seconds.Length; round++)
        {
            long start = Stopwatch.GetTimestamp();
            IReadOnlyList<GeneratedTokens> answers = Generator.Generate(network, prompts, new HashSet<int>(), Sampling(AnswerTokens));
            seconds[round] = Stopwatch.GetElapsedTime(start).TotalSeconds;
            if (answers.Sum(a => a.Tokens.Length) != Questions * AnswerTokens)
            {
                throw new InvalidOperationException($"Answers of {Questions * AnswerTokens} tokens were asked for, {answers.Sum(a => a.Tokens.Length)} came.");
            }
        }

        double median = Rounds.Median(seconds);
        Console.WriteLine(FormattableString.Invariant(
            $"\n{Name}, SmolLM2-135M NF4\n  of {AnswerTokens} tokens, questions of {SharedTokens} shared tokens and {OwnTokens} of their own: {median:F1} s, {Questions * AnswerTokens / median:F0} tokens/s (must {MustSeconds:F0} s)  {(median <= MustSeconds ? "PASS" : "miss")}"));
    }

    private static GenerationOptions Sampling(int tokens) => new() { MaxNewTokens = tokens, Temperature = 0.7, Seed = 1 };

    private static int[][] Prompts(DecoderConfig config)
    {
        var random = new RandomStream(1, "benchmark/questions");
        int[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextInt(config.VocabularySize))];
        int[] shared = Draw(SharedTokens);
        return [.. Enumerable.Range(0, Questions).Select(_ => (int[])[.. shared, .. Draw(OwnTokens)])];
    }

    // An answer must be the same alone and among the others, or their speed would be that of something else.
    private static void CheckAlone(DecoderNetwork network, int[][] prompts)
    {
        IReadOnlyList<GeneratedTokens> together = Generator.Generate(network, prompts, new HashSet<int>(), Sampling(CheckedTokens));
        GeneratedTokens alone = Generator.Generate(network, [prompts[^1]], new HashSet<int>(), Sampling(CheckedTokens) with { FirstPrompt = Questions - 1 })[0];
        if (!alone.Tokens.AsSpan().SequenceEqual(together[^1].Tokens))
        {
            throw new InvalidOperationException("The last answer differs when it is generated alone.");
        }
    }
}
