namespace Temperament.Methods.Training;

/// <summary>What turns gradients into steps.</summary>
public enum OptimizerKind
{
    /// <summary>AdamW with moments in 32 bits. Loshchilov and Hutter 2017, https://arxiv.org/abs/1711.05101.</summary>
    AdamW,

    /// <summary>AdamW with moments in 8 bits by blocks of 256. Dettmers et al. 2022, https://arxiv.org/abs/2110.02861.</summary>
    AdamW8Bit,
}

/// <summary>How a set of parameters is trained. Every value can change the result, so all of them belong to the key of a cell.</summary>
public sealed record TrainingConfig
{
    /// <summary>What turns gradients into steps.</summary>
    public OptimizerKind Optimizer { get; init; }

    /// <summary>Largest learning rate.</summary>
    public double LearningRate { get; init; } = 2e-4;

    /// <summary>Shape of the learning rate.</summary>
    public ScheduleKind Schedule { get; init; } = ScheduleKind.Cosine;

    /// <summary>Warm-up steps as a share of all steps, rounded up; ignored where <see cref="WarmupSteps"/> is set.</summary>
    public double WarmupRatio { get; init; } = 0.03;

    /// <summary>Number of warm-up steps; null for <see cref="WarmupRatio"/>.</summary>
    public int? WarmupSteps { get; init; }

    /// <summary>Passes over the samples; ignored where <see cref="MaxSteps"/> is set.</summary>
    public int Epochs { get; init; } = 1;

    /// <summary>Number of steps; 0 for whole epochs.</summary>
    public int MaxSteps { get; init; }

    /// <summary>Samples of one step; packs of samples where they are packed.</summary>
    public int BatchSize { get; init; } = 8;

    /// <summary>Tokens of a pack: short samples are put together up to it, and see nothing of each other. 0 for no packs.</summary>
    public int PackTokens { get; init; }

    /// <summary>Size of the noise on the embeddings, alpha of NEFTune; 0 for none. Jain et al. 2023, https://arxiv.org/abs/2310.05914.</summary>
    public double EmbeddingNoise { get; init; }

    /// <summary>Steps in a row whose loss or gradient is not finite after which the run stops; until then they are skipped.</summary>
    public int MaxBadSteps { get; init; } = 3;

    /// <summary>Samples that go through the network at once; 0 for the whole step. It changes memory, not the result.</summary>
    public int MicroBatchSize { get; init; }

    /// <summary>Orders the samples of every few steps by length, so that steps have less spread in size.</summary>
    public bool GroupByLength { get; init; }

    /// <summary>AdamW's decay, applied to every trained tensor but norms and biases. Loshchilov and Hutter 2017,
    /// https://arxiv.org/abs/1711.05101.</summary>
    public double WeightDecay { get; init; }

    /// <summary>AdamW's decay rate of the mean.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>AdamW's decay rate of the mean square.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>AdamW's epsilon.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>Largest norm of the gradient; 0 for no limit.</summary>
    public double MaxGradientNorm { get; init; } = 1;

    /// <summary>Whether a block is computed again in the backward pass instead of kept: less memory, a third more work, the same bits.</summary>
    public bool Checkpointing { get; init; } = true;

    /// <summary>Seed of the order of the samples and of dropout.</summary>
    public long Seed { get; init; }

    /// <summary>Number of steps for a number of samples.</summary>
    /// <param name="samples">Number of samples.</param>
    public int StepsFor(int samples) =>
        MaxSteps > 0 ? MaxSteps : Math.Max(1, Epochs * ((samples + BatchSize - 1) / BatchSize));

    /// <summary>The learning rates of a run.</summary>
    /// <param name="samples">Number of samples.</param>
    public Schedule ScheduleFor(int samples) => ScheduleOver(StepsFor(samples));

    /// <summary>The learning rates of a run of so many steps.</summary>
    /// <param name="steps">Number of steps.</param>
    public Schedule ScheduleOver(int steps) => new(Schedule, steps, WarmupSteps ?? (int)Math.Ceiling(steps * WarmupRatio), LearningRate);
}
