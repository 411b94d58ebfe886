using Temperament.Methods.Adapters;
using Temperament.Methods.Training;
using Temperament.Models.Decoder;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Random;
using Temperament.Tensors.Threading;

namespace Temperament.Benchmarks.Runs;

/// <summary>One step of a training at a shape.</summary>
/// <param name="Name">What is trained, as a person reads it.</param>
/// <param name="Shape">Shape of the model.</param>
/// <param name="Format">Storage of the frozen linear layers.</param>
/// <param name="Lora">The adapter; null for all parameters.</param>
/// <param name="Lengths">Tokens of each sequence of the step.</param>
/// <param name="Must">Share of the multiply-adds that must be reached.</param>
/// <param name="Reach">Share to reach for.</param>
/// <param name="Checkpointing">Whether the blocks are computed again for the backward pass.</param>
internal sealed record TrainingCase(
    string Name, DecoderConfig Shape, WeightFormat Format, LoraConfig? Lora, IReadOnlyList<int> Lengths, double Must, double Reach, bool Checkpointing = false)
{
    /// <summary>Rate of every step: small, so that steps on random tokens stay finite.</summary>
    public const double Rate = 1e-4;

    private static readonly LoraConfig AllLinear = new() { Rank = 16, Alpha = 16 };

    /// <summary>The cases that something is asked of; the last is the largest, and runs only when it is named.</summary>
    public static IReadOnlyList<TrainingCase> All { get; } =
    [
        new("organism, all parameters", ModelShape.Organism, WeightFormat.F32, null, [.. Enumerable.Repeat(128, 32)], 0.40, 0.60),
        new("15M, all parameters", ModelShape.Llama15M, WeightFormat.F32, null, [.. Enumerable.Repeat(256, 8)], 0.65, 0.80) { Peer = new(1.15, 1.4) },
        new("SmolLM2-135M, r 16, short answers", ModelShape.SmolLm2, WeightFormat.F32, AllLinear, ShortAnswers(), 0.60, 0.75),
        new("1.1B NF4, r 16", ModelShape.Llama1B, WeightFormat.Nf4, AllLinear, [512], 0.80, 0.90) { Peer = new(1.3, 1.5) },
        new("1.1B NF4, r 16, checkpointing", ModelShape.Llama1B, WeightFormat.Nf4, AllLinear, [512], 0.82, 0.92, Checkpointing: true)
        {
            MustShare = 1.0 / 6,
            ReachShare = 1.0 / 8,
        },
        new("7B NF4, r 64 on q and v, checkpointing", ModelShape.Llama7B, WeightFormat.Nf4, new() { Rank = 64, Alpha = 16, TargetModules = ["q_proj", "v_proj"] }, [512], 0.82, 0.92, Checkpointing: true)
        {
            MustGiB = 5.5,
            ReachGiB = 4.6,
        },
    ];

    /// <summary>Tokens of a step.</summary>
    public int Tokens => Lengths.Sum();

    /// <summary>The most memory that the process may take, in GiB; infinite where nothing is asked.</summary>
    public double MustGiB { get; init; } = double.PositiveInfinity;

    /// <summary>Memory to reach for, in GiB.</summary>
    public double ReachGiB { get; init; } = double.PositiveInfinity;

    /// <summary>Share of the memory that PyTorch takes in float32 at the same shape, of which the case before tells, that may be taken; infinite where nothing is asked.</summary>
    public double MustShare { get; init; } = double.PositiveInfinity;

    /// <summary>Share to reach for.</summary>
    public double ReachShare { get; init; } = double.PositiveInfinity;

    /// <summary>What is asked beside PyTorch in float32; null for nothing.</summary>
    public PeerDemand? Peer { get; init; }

    /// <summary>
    /// Operations of a step: two a parameter and token forward, two for the gradients that flow through, two for those of parameters, and
    /// two where blocks are computed again. Those count the head and the last layer of a block too, which need not be computed again: so the
    /// figure is asked for.
    /// </summary>
    public double Operations => Repeats * ModelShape.Multiplied(Shape) * Tokens;

    /// <summary>The operations that are done.</summary>
    public double OperationsDone => Operations - (Checkpointing
        ? 2.0 * Shape.HiddenSize * (Shape.VocabularySize + ((double)Shape.Layers * Shape.FeedForwardSize)) * Tokens : 0);

    private int Repeats => (Lora is null ? 6 : 4) + (Checkpointing ? 2 : 0);

    /// <summary>The same kind of training, so small that every number of it can be compared.</summary>
    public TrainingCase Small() => this with
    {
        Shape = Shape with { HiddenSize = 64, FeedForwardSize = 96, Layers = 2, Heads = 4, KeyValueHeads = Shape.KeyValueHeads < Shape.Heads ? 2 : 4, HeadSize = 16, VocabularySize = 80 },
        Format = WeightFormat.F32,
        Lengths = [.. Lengths.Take(2).Select(_ => 24)],
        Lora = Lora is null ? null : Lora with { Rank = 4 },
    };

    /// <summary>Makes the trainer; the case is run by its steps.</summary>
    public (RandomModel Model, Trainer Trainer, TokenBatch Batch) Prepare(ComputePool pool)
    {
        var model = new RandomModel(Shape, Format, pool);
        IEnumerable<Parameter> parameters = model.Network.Weights.Parameters;
        if (Lora is not null)
        {
            LoraAdapter adapter = LoraAdapter.Create(model.Network, Lora, seed: 1);
            adapter.Attach(model.Network);
            parameters = adapter.Parameters;
        }

        var random = new RandomStream(1, "benchmark/tokens");
        TokenSequence Sequence(int length)
        {
            int[] tokens = [.. Enumerable.Range(0, length).Select(_ => random.NextInt(Shape.VocabularySize))];
            return new TokenSequence(tokens, [.. tokens.Skip(1), TokenBatch.NoTarget]);
        }

        return (model, new Trainer(model.Network, parameters, new TrainingConfig { Checkpointing = Checkpointing }), TokenBatch.From([.. Lengths.Select(Sequence)]));
    }

    // Eight answers of a survey, grouped by length as the trainer does it.
    private static int[] ShortAnswers() => [34, 36, 36, 38, 39, 40, 42, 44];
}

/// <summary>What is asked of a training beside PyTorch's of the same shape in float32.</summary>
/// <param name="Must">How many times its tokens a second must be reached.</param>
/// <param name="Reach">How many times to reach for.</param>
internal sealed record PeerDemand(double Must, double Reach);
