using Temperament.Tensors.Memory;

namespace Temperament.Tensors.Quantization;

/// <summary>
/// (N, K) weights in NF4: 4-bit codes of the row-major flattened matrix, the first of two in the high nibble, and one scale per
/// <see cref="BlockSize"/> consecutive weights, across row ends. Dettmers et al. 2023, https://arxiv.org/abs/2305.14314.
/// </summary>
public sealed class Nf4Matrix : IDisposable
{
    /// <summary>Weights that share a scale.</summary>
    public const int BlockSize = 64;

    /// <summary>Scales that share a second scale under double quantisation.</summary>
    public const int NestedBlockSize = 256;

    internal Nf4Matrix(int outputs, int inputs, bool doubleQuantized)
    {
        Outputs = outputs;
        Inputs = inputs;
        long count = (long)outputs * inputs;
        long blocks = (count + BlockSize - 1) / BlockSize;
        Codes = new AlignedBuffer<byte>((count + 1) / 2);
        AbsMax = new AlignedBuffer<float>(blocks);
        if (doubleQuantized)
        {
            AbsMaxCodes = new AlignedBuffer<byte>(blocks);
            NestedAbsMax = new AlignedBuffer<float>((blocks + NestedBlockSize - 1) / NestedBlockSize);
        }
    }

    /// <summary>Rows, N.</summary>
    public int Outputs { get; }

    /// <summary>Columns, K.</summary>
    public int Inputs { get; }

    /// <summary>Two codes a byte.</summary>
    public AlignedBuffer<byte> Codes { get; }

    /// <summary>The scale of each block in float32; under double quantisation as it reads after the round trip.</summary>
    public AlignedBuffer<float> AbsMax { get; }

    /// <summary>8-bit codes of the scales; null without double quantisation.</summary>
    public AlignedBuffer<byte>? AbsMaxCodes { get; }

    /// <summary>The scale of each 256 scale codes; null without double quantisation.</summary>
    public AlignedBuffer<float>? NestedAbsMax { get; }

    /// <summary>Mean of the scales, taken off before they are quantised; 0 without double quantisation.</summary>
    public float Offset { get; internal set; }

    /// <summary>True where the scales are quantised too.</summary>
    public bool IsDoubleQuantized => AbsMaxCodes is not null;

    /// <inheritdoc/>
    public void Dispose()
    {
        Codes.Dispose();
        AbsMax.Dispose();
        AbsMaxCodes?.Dispose();
        NestedAbsMax?.Dispose();
    }
}
