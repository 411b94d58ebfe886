using Temperament.Models.Decoder;
using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;

namespace Temperament.Models.Generation;

/// <summary>
/// Rotated keys and values of the tokens that were seen, for several sequences at once. Each sequence has a slot of its own with room
/// for <see cref="Capacity"/> tokens.
/// </summary>
public sealed class KvCache : IDisposable
{
    private readonly Arena _memory;
    private readonly Tensor[] _keys;
    private readonly Tensor[] _values;
    private readonly int[] _lengths;
    private int[] _slots = [];

    /// <summary>Makes an empty cache.</summary>
    /// <param name="config">Shape of the decoder.</param>
    /// <param name="slots">Number of sequences.</param>
    /// <param name="capacity">Tokens that one sequence may have.</param>
    public KvCache(DecoderConfig config, int slots, int capacity)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentOutOfRangeException.ThrowIfLessThan(slots, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        Capacity = capacity;
        _lengths = new int[slots];
        _keys = new Tensor[config.Layers];
        _values = new Tensor[config.Layers];
        int rows = checked(slots * capacity), columns = config.KeyValueHeads * config.HeadSize;
        _memory = new Arena(2L * config.Layers * Arena.Spaced(rows, columns));
        for (int l = 0; l < config.Layers; l++)
        {
            (_keys[l], _values[l]) = (_memory.Take(rows, columns), _memory.Take(rows, columns));
        }
    }

    /// <summary>Tokens that one sequence may have.</summary>
    public int Capacity { get; }

    /// <summary>Bytes of keys and values.</summary>
    /// <param name="config">Shape of the decoder.</param>
    /// <param name="tokens">Number of tokens.</param>
    public static long Bytes(DecoderConfig config, int tokens)
    {
        ArgumentNullException.ThrowIfNull(config);
        return 2L * config.Layers * config.KeyValueHeads * config.HeadSize * tokens * sizeof(float);
    }

    /// <summary>Number of tokens that a slot holds.</summary>
    /// <param name="slot">Slot, from 0.</param>
    public int Length(int slot) => _lengths[slot];

    /// <summary>Gives the memory back: a run over thousands of prompts makes a cache for each call.</summary>
    public void Dispose() => _memory.Dispose();

    /// <summary>Says which slot each sequence of the next pass continues.</summary>
    /// <param name="slots">Slot of each sequence of the batch.</param>
    public void Select(int[] slots) => _slots = slots;

    /// <summary>Lets a slot hold the first tokens of another.</summary>
    /// <param name="from">The slot that holds them.</param>
    /// <param name="to">The slot that receives them.</param>
    /// <param name="count">Number of tokens.</param>
    internal void Copy(int from, int to, int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _lengths[from]);
        for (int l = 0; l < _keys.Length; l++)
        {
            _keys[l].SliceRows(to * Capacity, count).CopyFrom(_keys[l].SliceRows(from * Capacity, count));
            _values[l].SliceRows(to * Capacity, count).CopyFrom(_values[l].SliceRows(from * Capacity, count));
        }

        _lengths[to] = count;
    }

    /// <summary>Lets a slot forget all but its first tokens.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="count">Number of tokens that stay.</param>
    internal void Truncate(int slot, int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _lengths[slot]);
        _lengths[slot] = count;
    }

    /// <summary>Takes the first tokens of slot 0 of a smaller cache.</summary>
    /// <param name="other">A cache of the same decoder.</param>
    /// <param name="count">Number of tokens.</param>
    internal void TakeOver(KvCache other, int count)
    {
        for (int l = 0; l < _keys.Length; l++)
        {
            _keys[l].SliceRows(0, count).CopyFrom(other._keys[l].SliceRows(0, count));
            _values[l].SliceRows(0, count).CopyFrom(other._values[l].SliceRows(0, count));
        }

        _lengths[0] = count;
    }

    internal AttentionSegment[] Segments(TokenBatch batch)
    {
        var segments = new AttentionSegment[batch.Sequences];
        for (int s = 0; s < segments.Length; s++)
        {
            int slot = _slots[s], count = batch.Starts[s + 1] - batch.Starts[s];
            if (_lengths[slot] + count > Capacity)
            {
                throw new InvalidOperationException(
                    $"A sequence of {_lengths[slot] + count} tokens does not fit a cache of {Capacity} tokens a sequence.");
            }

            segments[s] = new AttentionSegment(batch.Starts[s], count, slot * Capacity, _lengths[slot]);
        }

        return segments;
    }

    internal (Tensor Keys, Tensor Values) Append(int layer, Tensor keys, Tensor values, TokenBatch batch)
    {
        for (int s = 0; s < batch.Sequences; s++)
        {
            int start = batch.Starts[s], count = batch.Starts[s + 1] - start, at = (_slots[s] * Capacity) + _lengths[_slots[s]];
            _keys[layer].SliceRows(at, count).CopyFrom(keys.SliceRows(start, count));
            _values[layer].SliceRows(at, count).CopyFrom(values.SliceRows(start, count));
        }

        return (_keys[layer], _values[layer]);
    }

    internal void Advance(TokenBatch batch)
    {
        for (int s = 0; s < batch.Sequences; s++)
        {
            _lengths[_slots[s]] += batch.Starts[s + 1] - batch.Starts[s];
        }
    }
}
