using Temperament.Tensors.Memory;

namespace Temperament.Models.Decoder;

/// <summary>Cosines and sines of the rotary angles by position, grown as longer passes come.</summary>
public sealed class RopeTable
{
    private readonly DecoderConfig _config;
    private int _frequencyLength = -1;

    /// <summary>Makes an empty table.</summary>
    /// <param name="config">Shape of the decoder.</param>
    public RopeTable(DecoderConfig config)
    {
        _config = config;
    }

    /// <summary>(P, D/2) cosines; row = position.</summary>
    public Tensor Cos { get; private set; }

    /// <summary>(P, D/2) sines; row = position.</summary>
    public Tensor Sin { get; private set; }

    /// <summary>Makes sure that the table holds positions 0 to <paramref name="length"/> - 1.</summary>
    /// <param name="length">Number of positions of the pass.</param>
    public void Ensure(int length)
    {
        bool dynamic = _config.RopeScaling?.Type == "dynamic";
        int frequencyLength = dynamic ? Math.Max(length, _config.MaxPositions) : 0;
        if (!Cos.IsEmpty && Cos.Rows >= length && frequencyLength == _frequencyLength)
        {
            return;
        }

        _frequencyLength = frequencyLength;
        int rows = Math.Max(length, Math.Min(256, Math.Max(1, _config.MaxPositions)));
        if (!dynamic && !Cos.IsEmpty)
        {
            rows = Math.Max(rows, 2 * Cos.Rows);
        }

        float[] inverse = RopeFrequencies.Inverse(_config, length);
        double factor = RopeFrequencies.AttentionFactor(_config.RopeScaling);
        Cos = Tensor.Zeros(rows, inverse.Length);
        Sin = Tensor.Zeros(rows, inverse.Length);
        for (int p = 0; p < rows; p++)
        {
            Span<float> cos = Cos.Row(p), sin = Sin.Row(p);
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
