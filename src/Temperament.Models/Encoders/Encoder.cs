using Temperament.Models.Decoder;
using Temperament.Models.Hooks;
using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;

namespace Temperament.Models.Encoders;

/// <summary>
/// BERT, RoBERTa, DistilBERT and MiniLM: the one forward and the one backward pass of encoders. A row's numbers depend on its own text only.
/// </summary>
public sealed class Encoder
{
    /// <summary>Makes an encoder over weights.</summary>
    /// <param name="config">Shape.</param>
    /// <param name="weights">Weights.</param>
    /// <param name="pool">Threads.</param>
    public Encoder(EncoderConfig config, EncoderWeights weights, ComputePool pool)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(pool);
        (Config, Weights, Pool) = (config, weights, pool);
    }

    /// <summary>Shape.</summary>
    public EncoderConfig Config { get; }

    /// <summary>Weights.</summary>
    public EncoderWeights Weights { get; }

    /// <summary>Threads.</summary>
    public ComputePool Pool { get; }

    /// <summary>Computes the hidden states of all rows.</summary>
    /// <param name="batch">The rows.</param>
    /// <param name="state">Scratch; keeps the activations where it was made to.</param>
    /// <param name="hooks">Readers and writers of activations; null for none.</param>
    /// <returns>(R, C) hidden states after the last block; valid until the next pass over the state.</returns>
    public Tensor Forward(EncoderBatch batch, EncoderState state, HookSet? hooks = null)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(state);
        state.Kept.Reset();
        state.Scratch.Reset();
        state.Batch = batch;
        if (state.Blocks.Length != Weights.Blocks.Count)
        {
            state.Blocks = new BlockActivations[Weights.Blocks.Count];
        }

        Tensor x = Embed(batch, state);
        hooks?.Visit(HookSite.Embedding, 0, x, batch.Rows);
        BlockPass pass = Pass(batch.Rows, state, hooks);
        for (int l = 0; l < Weights.Blocks.Count; l++)
        {
            Arena memory = state.KeepsActivations ? state.Kept : state.Scratch;
            long mark = memory.Mark();
            state.Blocks[l] = EncoderBlock.Forward(pass, l, Weights.Blocks[l], x, memory);
            if (!state.KeepsActivations)
            {
                memory.Release(mark);
            }
        }

        return x;
    }

    /// <summary>Follows <see cref="Forward"/> with the gradients of all trainable parameters.</summary>
    /// <param name="state">The state of the forward pass, which kept its activations.</param>
    /// <param name="dfinal">(R, C) gradient of the hidden states; workspace afterwards.</param>
    /// <exception cref="InvalidOperationException">The state kept no activations.</exception>
    public void Backward(EncoderState state, Tensor dfinal)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (!state.KeepsActivations || state.Batch is not { } batch)
        {
            throw new InvalidOperationException("A backward pass needs a forward pass whose state keeps its activations.");
        }

        BlockPass pass = Pass(batch.Rows, state, hooks: null);
        long start = state.Scratch.Mark();
        for (int l = Weights.Blocks.Count - 1; l >= 0; l--)
        {
            long mark = state.Scratch.Mark();
            EncoderBlock.Backward(pass, l, Weights.Blocks[l], state.Blocks[l], dfinal, state.Scratch);
            state.Scratch.Release(mark);
        }

        Tensor dsum = state.Scratch.Take(dfinal.Rows, dfinal.Columns);
        dsum.Clear();
        Weights.EmbeddingNorm.Backward(Pool, dsum, dfinal, state.Summed, state.SummedStatistics, state.Scratch);
        Add(Weights.Words, batch.Rows.Tokens);
        Add(Weights.Positions, batch.Positions);
        Add(Weights.Types, batch.Types);
        state.Scratch.Release(start);

        void Add(Parameter? table, int[] rows)
        {
            if (table is { IsTrainable: true })
            {
                Embedding.Backward(Pool, table.Gradient, dsum, rows);
            }
        }
    }

    private Tensor Embed(EncoderBatch batch, EncoderState state)
    {
        int R = batch.Rows.Rows, C = Config.Shape.HiddenSize;
        Tensor sum = state.Kept.Take(R, C), x = state.Kept.Take(R, C);
        Embedding.Forward(Pool, sum, Weights.Words.Value, batch.Rows.Tokens);
        if (Weights.Types is { } types)
        {
            Embedding.Forward(Pool, x, types.Value, batch.Types);
            Elementwise.Add(Pool, sum, x);
        }

        Embedding.Forward(Pool, x, Weights.Positions.Value, batch.Positions);
        Elementwise.Add(Pool, sum, x);
        state.Summed = sum;
        state.SummedStatistics = Weights.EmbeddingNorm.Forward(Pool, x, sum, state.Kept);
        return x;
    }

    private BlockPass Pass(TokenBatch batch, EncoderState state, HookSet? hooks)
    {
        var segments = new AttentionSegment[batch.Sequences];
        for (int s = 0; s < segments.Length; s++)
        {
            segments[s] = new AttentionSegment(batch.Starts[s], batch.Starts[s + 1] - batch.Starts[s], batch.Starts[s], 0);
        }

        return new BlockPass
        {
            Config = Config.Shape,
            Pool = Pool,
            Batch = batch,
            Rope = null,
            LocalRope = null,
            Segments = segments,
            Scale = (float)(1 / Math.Sqrt(Config.Shape.HeadSize)),
            Dropout = state.Dropout,
            Hooks = hooks,
        };
    }
}
