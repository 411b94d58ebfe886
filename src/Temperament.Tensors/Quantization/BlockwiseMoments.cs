using Temperament.Tensors.Memory;

namespace Temperament.Tensors.Quantization;

/// <summary>
/// The two moments of AdamW in 8 bits: a code of the dynamic type for each element, signed for the mean and unsigned for the mean square,
/// and the largest magnitude of each block of 256. Dettmers et al. 2022, https://arxiv.org/abs/2110.02861.
/// </summary>
public sealed class BlockwiseMoments
{
    /// <summary>Elements of one block.</summary>
    public const int BlockSize = 256;

    /// <summary>Makes moments of zero.</summary>
    /// <param name="count">Number of elements.</param>
    public BlockwiseMoments(long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        Count = count;
        int blocks = checked((int)((count + BlockSize - 1) / BlockSize));
        MeanCodes = new AlignedBuffer<byte>(count);
        SquareCodes = new AlignedBuffer<byte>(count);
        MeanScales = Tensor.Zeros(1, blocks);
        SquareScales = Tensor.Zeros(1, blocks);
    }

    /// <summary>Number of elements.</summary>
    public long Count { get; }

    /// <summary>Code of the mean of each element.</summary>
    public AlignedBuffer<byte> MeanCodes { get; }

    /// <summary>Code of the mean square of each element.</summary>
    public AlignedBuffer<byte> SquareCodes { get; }

    /// <summary>(1, blocks) largest magnitude of the means of each block.</summary>
    public Tensor MeanScales { get; }

    /// <summary>(1, blocks) largest mean square of each block.</summary>
    public Tensor SquareScales { get; }

    /// <summary>Bytes that the moments take.</summary>
    public long Bytes => MeanCodes.Bytes + SquareCodes.Bytes + (sizeof(float) * (MeanScales.Count + SquareScales.Count));
}
