using Temperament.Models.Decoder;
using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;

namespace Temperament.Models.Generation;

/// <summary>
/// Rotated keys and values of the tokens that were seen, for several sequences at once. Each sequence has a slot of its own with room
/// for <see cref="Capacity"/> tokens.
/// </summary>
public sealed class KvCache
{
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
        for (int l = 0; l < config.Layers; l++)
        {
            _keys[l] = Tensor.Zeros(checked(slots * capacity), config.KeyValueHeads * config.HeadSize);
            _values[l] = Tensor.Zeros(slots * capacity, config.KeyValueHeads * config.HeadSize);
        }
    }

    /// <summary>Tokens that one sequence may have.</summary>
    public int Capacity { get; }

    /// <summary>Number of tokens that a slot holds.</summary>
    /// <param name="slot">Slot, from 0.</param>
    public int Length(int slot) => _lengths[slot];

    /// <summary>Says which slot each sequence of the next pass continues.</summary>
    /// <param name="slots">Slot of each sequence of the batch.</param>
    public void Select(int[] slots) => _slots = slots;

    /// <summary>Empties a slot.</summary>
    /// <param name="slot">Slot, from 0.</param>
    public void Clear(int slot) => _lengths[slot] = 0;

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
