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
    private readonly RopeTable? _rope;
    private readonly RopeTable? _localRope;

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
        _rope = config.RotarySize > 0 ? new RopeTable(config) : null;
        _localRope = config.LocalRopeTheta is double local ? new RopeTable(config with { RopeTheta = local, RopeScaling = null }) : null;
    }

    /// <summary>Shape.</summary>
    public DecoderConfig Config { get; }

    /// <summary>Weights.</summary>
    public DecoderWeights Weights { get; }

    /// <summary>Threads.</summary>
    public ComputePool Pool { get; }

    /// <summary>The length beyond which a sequence must be computed anew, since its rotary frequencies change; null for never.</summary>
    public int? RecomputesBeyond => RopeFrequencies.ChangesBeyond(Config);

    private float Scale => (float)(Config.AttentionScale ?? (1 / Math.Sqrt(Config.HeadSize)));

    /// <summary>Computes the final hidden states of all rows.</summary>
    /// <param name="batch">The rows.</param>
    /// <param name="state">Scratch; keeps the activations where it was made to.</param>
    /// <param name="cache">Keys and values of earlier tokens, to which those of the batch are added; null for whole sequences.</param>
    /// <param name="hooks">Readers and writers of activations; null for none.</param>
    /// <returns>(R, C) hidden states after the last norm; valid until the next pass over the state.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A token is not in the vocabulary.</exception>
    /// <exception cref="ContextLengthException">A sequence is longer than the table of learned positions.</exception>
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
        (state.Batch, state.Hooks) = (batch, hooks);
        int R = batch.Rows, C = Config.HiddenSize;
        PreparePositions(batch);
        BlockPass pass = Pass(batch, state, cache?.Segments(batch) ?? WholeSequences(batch), cache, hooks);

        Tensor x = state.Kept.Take(R, C);
        Embed(x, batch, state);
        hooks?.Visit(HookSite.Embedding, 0, x, batch);
        if (state.Blocks.Length != Config.Layers)
        {
            state.Blocks = new BlockActivations[Config.Layers];
            state.Inputs = new Tensor[Config.Layers];
        }

        bool keepsBlocks = state.KeepsActivations && !state.Recomputes;
        Arena memory = keepsBlocks ? state.Kept : state.Scratch, passing = keepsBlocks && hooks is not null ? state.Kept : state.Scratch;
        for (int l = 0; l < Config.Layers; l++)
        {
            if (state.Recomputes)
            {
                state.Inputs[l] = hooks is null ? x : Copy(x, state.Kept);
            }

            Tensor result = state.KeepsActivations ? state.Kept.Take(R, C) : default;
            long mark = state.Scratch.Mark();
            state.Blocks[l] = DecoderBlock.Forward(pass, l, Weights.Blocks[l], x, result, memory, passing);
            state.Scratch.Release(mark);
            x = result.IsEmpty ? x : result;
        }

        cache?.Advance(batch);
        state.Residual = x;
        state.Final = state.Kept.Take(R, C);
        state.FinalStatistics = Weights.FinalNorm.Forward(Pool, state.Final, x, state.Kept);
        hooks?.Visit(HookSite.FinalNorm, 0, state.Final, batch);
        return state.Final;
    }

    /// <summary>Applies the output layer to hidden states.</summary>
    /// <param name="logits">(n, V) receives the logits.</param>
    /// <param name="hidden">(n, C) hidden states after the last norm.</param>
    /// <param name="hooks">Readers and writers of logits; null for none.</param>
    /// <param name="batch">The rows of the forward pass, for the hooks.</param>
    public void Logits(Tensor logits, Tensor hidden, HookSet? hooks = null, TokenBatch? batch = null)
    {
        MatMul.Forward(Pool, logits, hidden, Weights.HeadMatrix);
        if (Weights.HeadBias is { } bias)
        {
            RowBias.Forward(Pool, logits, bias.Value);
        }

        if (Config.LogitCap > 0)
        {
            SoftCap.Forward(Pool, logits, logits, Config.LogitCap);
        }

        if (hooks is not null && batch is not null)
        {
            hooks.Visit(HookSite.Logits, 0, logits, batch);
        }
    }

    /// <summary>Follows <see cref="Logits"/> with the gradients of the output layer.</summary>
    /// <param name="dlogits">(n, V) gradient of the logits; workspace afterwards.</param>
    /// <param name="logits">(n, V) the logits, where <see cref="DecoderConfig.LogitCap"/> is set; else empty.</param>
    /// <param name="hidden">(n, C) hidden states, replaced by their gradient.</param>
    /// <param name="memory">Where workspace is taken from.</param>
    internal void LogitsBackward(Tensor dlogits, Tensor logits, Tensor hidden, Arena memory)
    {
        if (Config.LogitCap > 0)
        {
            SoftCap.Backward(Pool, dlogits, logits, Config.LogitCap);
        }

        if (Weights.Head.IsTrainable)
        {
            MatMul.BackwardWeight(Pool, Weights.Head.Gradient, dlogits, hidden);
        }

        if (Weights.HeadBias is { IsTrainable: true } bias)
        {
            RowBias.Backward(Pool, bias.Gradient, dlogits);
        }

        // One chain over a whole vocabulary would lose what tens of thousands of unlikely tokens add together: each of them is below the last
        // bit of the sum. So each part of the vocabulary has a sum of its own.
        long mark = memory.Mark();
        Tensor sum = hidden;
        int column = 0;
        foreach (WeightMatrix part in Weights.HeadParts)
        {
            MatMul.BackwardInput(Pool, sum, dlogits.SliceColumns(column, part.Outputs), part, accumulate: false);
            if (column > 0)
            {
                Elementwise.Add(Pool, hidden, sum);
            }

            column += part.Outputs;
            sum = column == part.Outputs && column < dlogits.Columns ? memory.Take(hidden.Rows, hidden.Columns) : sum;
        }

        memory.Release(mark);
    }

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
        PreparePositions(batch);
        BlockPass pass = Pass(batch, state, WholeSequences(batch), cache: null, state.Hooks);
        long start = state.Scratch.Mark();
        Tensor dx = state.Scratch.Take(R, Config.HiddenSize);
        dx.Clear();
        Weights.FinalNorm.Backward(Pool, dx, dfinal, state.Residual, state.FinalStatistics, state.Scratch);
        bool frozenBelow = !Weights.Embedding.IsTrainable && Weights.Positions is not { IsTrainable: true };
        for (int l = Config.Layers - 1; l >= 0; l--)
        {
            long mark = state.Scratch.Mark();
            DecoderBlock.Backward(pass, l, Weights.Blocks[l], Activations(pass, l, state), dx, state.Scratch, ends: l == 0 && frozenBelow);
            state.Scratch.Release(mark);
        }

        if (Weights.Positions is { IsTrainable: true } positions)
        {
            Embedding.Backward(Pool, positions.Gradient, dx, batch.Positions);
        }

        if (Weights.Embedding.IsTrainable)
        {
            if (Config.EmbeddingScale != 1)
            {
                Elementwise.Scale(Pool, dx, Config.EmbeddingScale);
            }

            Embedding.Backward(Pool, Weights.Embedding.Gradient, dx, batch.Tokens);
        }

        state.Scratch.Release(start);
    }

    private BlockActivations Activations(in BlockPass pass, int layer, DecoderState state)
    {
        if (!state.Recomputes)
        {
            return state.Blocks[layer];
        }

        // A hook that writes into what enters a block must not find what it has written.
        Tensor x = state.Hooks is null ? state.Inputs[layer] : Copy(state.Inputs[layer], state.Scratch);
        return DecoderBlock.Recompute(pass, layer, Weights.Blocks[layer], x, state.Scratch);
    }

    private static Tensor Copy(Tensor source, Arena memory)
    {
        Tensor copy = memory.Take(source.Rows, source.Columns);
        copy.CopyFrom(source);
        return copy;
    }

    private void PreparePositions(TokenBatch batch)
    {
        _rope?.Prepare(batch);
        _localRope?.Prepare(batch);
        if (Weights.Positions is { } positions && batch.Length > positions.Held.Outputs)
        {
            throw new ContextLengthException(batch.Length, positions.Held.Outputs);
        }
    }

    private void Embed(Tensor x, TokenBatch batch, DecoderState state)
    {
        Embedding.Forward(Pool, x, Weights.Embedding.Held, batch.Tokens);
        state.Noise?.AddTo(Pool, x, batch);
        if (Config.EmbeddingScale != 1)
        {
            Elementwise.Scale(Pool, x, Config.EmbeddingScale);
        }

        if (Weights.Positions is { } positions)
        {
            long mark = state.Scratch.Mark();
            Tensor added = state.Scratch.Take(x.Rows, x.Columns);
            Embedding.Forward(Pool, added, positions.Held, batch.Positions);
            Elementwise.Add(Pool, x, added);
            state.Scratch.Release(mark);
        }
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
        LocalRope = _localRope,
        Segments = segments,
        Scale = Scale,
        Dropout = state.Dropout,
        Cache = cache,
        Hooks = hooks,
    };
}
