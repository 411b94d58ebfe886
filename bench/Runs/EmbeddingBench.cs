using System.Diagnostics;
using Temperament.Benchmarks.Peers;
using Temperament.Models.Decoder;
using Temperament.Models.Encoders;
using Temperament.Tensors.Diagnostics;
using Temperament.Tensors.Diagnostics.Cases;
using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Random;
using Temperament.Tensors.Threading;

namespace Temperament.Benchmarks.Runs;

/// <summary>A thousand sentences of 20 words and two marks through an encoder of the shape of MiniLM-L6 with random weights.</summary>
internal static class EmbeddingBench
{
    public const string Name = "MiniLM-L6";

    private const int Sentences = 1000, Words = 20, SentencesOfPass = 45;
    private const float Deviation = 0.02f;

    private static readonly EncoderConfig Shape = new()
    {
        Family = "bert",
        Layout = EncoderLayout.Bert,
        TokenTypes = 2,
        FirstPosition = 0,
        PadToken = 0,
        HeadActivation = ActivationKind.Tanh,
        Labels = [],
        Shape = new DecoderConfig
        {
            Family = "encoder",
            VocabularySize = 30522,
            HiddenSize = 384,
            FeedForwardSize = 1536,
            Layers = 6,
            Heads = 12,
            KeyValueHeads = 12,
            HeadSize = 32,
            Norm = NormKind.Layer,
            RmsNormEps = 1e-12f,
            FeedForward = FeedForwardKind.GeluErf,
            IsBidirectional = true,
            RopeTheta = 1,
            MaxPositions = 512,
            TiedEmbeddings = true,
        },
    };

    public static void Run(BenchOptions options, ComputePool pool, LimitProbe probe)
    {
        using var bank = new TensorBank();
        Parameter Draw(string name, int rows, int columns)
        {
            Tensor tensor = bank.Normal(rows, columns);
            Elementwise.Scale(pool, tensor, Deviation);
            return new Parameter(name, tensor);
        }

        var encoder = new Encoder(Shape, new EncoderWeights(Shape, Draw), pool);
        using var state = new EncoderState(keepsActivations: false);
        var random = new RandomStream(1, "benchmark/sentences");
        EncoderInput[] inputs = [.. Enumerable.Range(0, Sentences).Select(_ =>
            new EncoderInput([.. Enumerable.Range(0, Words + 2).Select(_ => random.NextInt(Shape.Shape.VocabularySize))]))];
        double Seconds()
        {
            long start = Stopwatch.GetTimestamp();
            foreach (EncoderInput[] part in inputs.Chunk(SentencesOfPass))
            {
                encoder.Forward(EncoderBatch.From(Shape, part), state);
            }

            return Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        Seconds();
        double[] rates = new double[options.Rounds], limits = new double[options.Rounds];
        int C = Shape.Shape.HiddenSize, F = Shape.Shape.FeedForwardSize;
        double operations = 2e-9 * Shape.Shape.Layers * ((4.0 * C * C) + (2.0 * C * F)) * Sentences * (Words + 2);
        for (int round = 0; round < options.Rounds; round++)
        {
            double before = probe.MultiplyAdd();
            rates[round] = operations / Seconds();
            limits[round] = (before + probe.MultiplyAdd()) / 2;
        }

        double share = Rounds.MedianRatio(rates, limits);
        Console.WriteLine(FormattableString.Invariant(
            $"\n{Name}\n  {Sentences} sentences of {Words} words: {Rounds.Median(rates) / operations * Sentences:F0} sentences/s, {100 * share:F1} % of {Rounds.Median(limits):F0} GFLOP/s (must 40 %, for 60 %)  {Share.Mark(share, 0.40, 0.60)}"));
    }
}
