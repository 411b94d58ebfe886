using Temperament.Models.Generation;
using Temperament.Models.Hooks;
using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;

namespace Temperament.Models.Decoder;

/// <summary>
/// The one forward and the one backward pass: training, scoring and generation differ only in the <see cref="DecoderState"/> and the
/// cache that are passed. A row's numbers depend on its own sequence only.
/// </summary>
public sealed class DecoderNetwork
{
    private readonly RopeTable _rope;

    /// <summary>Makes a network over weights.</summary>
    /// <param name="config">Shape.</param>
    /// <param name="weights">Weights.</param>
    /// <param name="pool">Threads.</param>
    public DecoderNetwork(DecoderConfig config, DecoderWeights weights, ComputePool pool)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(pool);
        Config = config;
        Weights = weights;
        Pool = pool;
        _rope = new RopeTable(config);
    }

    /// <summary>Shape.</summary>
    public DecoderConfig Config { get; }

    /// <summary>Weights.</summary>
    public DecoderWeights Weights { get; }

    /// <summary>Threads.</summary>
    public ComputePool Pool { get; }

    private float Scale => (float)(1 / Math.Sqrt(Config.HeadSize));

    /// <summary>Computes the final hidden states of all rows.</summary>
    /// <param name="batch">The rows.</param>
    /// <param name="state">Scratch; keeps the activations where it was made to.</param>
    /// <param name="cache">Keys and values of earlier tokens, to which those of the batch are added; null for whole sequences.</param>
    /// <param name="hooks">Readers and writers of activations; null for none.</param>
    /// <returns>(R, C) hidden states after the last norm; valid until the next pass over the state.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A token is not in the vocabulary.</exception>
    public Tensor Forward(TokenBatch batch, DecoderState state, KvCache? cache = null, HookSet? hooks = null)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(state);
        foreach (int token in batch.Tokens)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)token, (uint)Config.VocabularySize, nameof(batch));
        }

        state.Kept.Reset();
        state.Scratch.Reset();
        state.Batch = batch;
        int R = batch.Rows, C = Config.HiddenSize;
        _rope.Ensure(batch.Length);
        BlockPass pass = Pass(batch, state, cache?.Segments(batch) ?? WholeSequences(batch), cache, hooks);

        Tensor x = state.Kept.Take(R, C);
        Embedding.Forward(Pool, x, Weights.Embedding.Value, batch.Tokens);
        state.Noise?.AddTo(Pool, x, batch);
        if (state.Blocks.Length != Config.Layers)
        {
            state.Blocks = new BlockActivations[Config.Layers];
        }

        for (int l = 0; l < Config.Layers; l++)
        {
            Arena memory = state.KeepsActivations ? state.Kept : state.Scratch;
            long mark = memory.Mark();
            state.Blocks[l] = DecoderBlock.Forward(pass, l, Weights.Blocks[l], x, memory);
            if (!state.KeepsActivations)
            {
                memory.Release(mark);
            }
        }

        cache?.Advance(batch);
        state.Residual = x;
        state.FinalRstd = state.Kept.Take(1, R);
        state.Final = state.Kept.Take(R, C);
        RmsNorm.Forward(Pool, state.Final, state.FinalRstd, x, Weights.FinalNorm.Value, Config.RmsNormEps);
        return state.Final;
    }

    /// <summary>Applies the output layer to hidden states.</summary>
    /// <param name="logits">(R, V) receives the logits.</param>
    /// <param name="hidden">(R, C) hidden states after the last norm.</param>
    public void Logits(Tensor logits, Tensor hidden) => MatMul.Forward(Pool, logits, hidden, Weights.HeadMatrix);

    /// <summary>Follows <see cref="Forward"/> with the gradients of all trainable parameters.</summary>
    /// <param name="state">The state of the forward pass, which kept its activations.</param>
    /// <param name="dfinal">(R, C) gradient of the hidden states after the last norm.</param>
    /// <exception cref="InvalidOperationException">The state kept no activations.</exception>
    public void Backward(DecoderState state, Tensor dfinal)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (!state.KeepsActivations || state.Batch is not { } batch)
        {
            throw new InvalidOperationException("A backward pass needs a forward pass whose state keeps its activations.");
        }

        int R = batch.Rows;
        BlockPass pass = Pass(batch, state, WholeSequences(batch), cache: null, hooks: null);
        long start = state.Scratch.Mark();
        Tensor dx = state.Scratch.Take(R, Config.HiddenSize);
        dx.Clear();
        RmsNorm.Backward(Pool, dx, Weights.FinalNorm.Gradient, dfinal, state.Residual, Weights.FinalNorm.Value, state.FinalRstd);
        for (int l = Config.Layers - 1; l >= 0; l--)
        {
            long mark = state.Scratch.Mark();
            DecoderBlock.Backward(pass, Weights.Blocks[l], state.Blocks[l], dx, state.Scratch);
            state.Scratch.Release(mark);
        }

        if (Weights.Embedding.IsTrainable)
        {
            Embedding.Backward(Pool, Weights.Embedding.Gradient, dx, batch.Tokens);
        }

        state.Scratch.Release(start);
    }

    private static AttentionSegment[] WholeSequences(TokenBatch batch)
    {
        var segments = new AttentionSegment[batch.Sequences];
        for (int s = 0; s < segments.Length; s++)
        {
            segments[s] = new AttentionSegment(batch.Starts[s], batch.Starts[s + 1] - batch.Starts[s], batch.Starts[s], 0);
        }

        return segments;
    }

    private BlockPass Pass(TokenBatch batch, DecoderState state, AttentionSegment[] segments, KvCache? cache, HookSet? hooks) => new()
    {
        Config = Config,
        Pool = Pool,
        Batch = batch,
        Rope = _rope,
        Segments = segments,
        Scale = Scale,
        Dropout = state.Dropout,
        Cache = cache,
        Hooks = hooks,
    };
}
