using Temperament.Tensors.Memory;

namespace Temperament.Models.Decoder;

/// <summary>
/// Cosines and sines of the rotary angles by position, grown as longer passes come. A scaling that changes the frequencies of long
/// sequences has two halves: rows of short sequences, then those of long ones, so that a sequence never depends on those beside it.
/// </summary>
public sealed class RopeTable
{
    private readonly DecoderConfig _config;
    private readonly int _change;
    private int _frequencyLength = -1;
    private int _capacity;

    /// <summary>Makes an empty table.</summary>
    /// <param name="config">Shape of the decoder.</param>
    public RopeTable(DecoderConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        _config = config;
        _change = RopeFrequencies.ChangesBeyond(config) ?? int.MaxValue;
    }

    /// <summary>(P, E/2) cosines.</summary>
    public Tensor Cos { get; private set; }

    /// <summary>(P, E/2) sines.</summary>
    public Tensor Sin { get; private set; }

    /// <summary>(R) row of the tables for each row of the batch that was prepared last.</summary>
    public int[] Rows { get; private set; } = [];

    /// <summary>Makes sure that the table holds all positions of a batch.</summary>
    /// <param name="batch">The rows of the pass.</param>
    public void Prepare(TokenBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        Ensure(batch.Length);
        Rows = _change == int.MaxValue ? batch.Positions : OfSequences(batch);
    }

    private int[] OfSequences(TokenBatch batch)
    {
        int[] rows = [.. batch.Positions];
        for (int s = 0; s < batch.Sequences; s++)
        {
            bool isLong = batch.Positions[batch.Starts[s + 1] - 1] + 1 > _change;
            for (int r = batch.Starts[s]; isLong && r < batch.Starts[s + 1]; r++)
            {
                rows[r] += _capacity;
            }
        }

        return rows;
    }

    private void Ensure(int length)
    {
        bool dynamic = _config.RopeScaling?.Type == "dynamic";
        int frequencyLength = dynamic ? Math.Max(length, _config.MaxPositions) : 0;
        if (!Cos.IsEmpty && _capacity >= length && frequencyLength == _frequencyLength)
        {
            return;
        }

        _frequencyLength = frequencyLength;
        int rows = Math.Max(length, Math.Min(256, Math.Max(1, _config.MaxPositions)));
        if (!dynamic && !Cos.IsEmpty)
        {
            rows = Math.Max(rows, 2 * _capacity);
        }

        _capacity = rows;
        bool two = _change < int.MaxValue;
        Cos = Tensor.Zeros(two ? 2 * rows : rows, _config.RotarySize / 2);
        Sin = Tensor.Zeros(Cos.Rows, Cos.Columns);
        Fill(0, RopeFrequencies.Inverse(_config, two ? _change : length));
        if (two)
        {
            Fill(rows, RopeFrequencies.Inverse(_config, _change + 1));
        }
    }

    private void Fill(int firstRow, float[] inverse)
    {
        double factor = RopeFrequencies.AttentionFactor(_config);
        for (int p = 0; p < _capacity; p++)
        {
            Span<float> cos = Cos.Row(firstRow + p), sin = Sin.Row(firstRow + p);
            for (int i = 0; i < inverse.Length; i++)
            {
                // The angle is rounded to float32 first, as the reference does; cos and sin are then taken in double.
                float angle = p * inverse[i];
                cos[i] = (float)(Math.Cos(angle) * factor);
                sin[i] = (float)(Math.Sin(angle) * factor);
            }
        }
    }
}
