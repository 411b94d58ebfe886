using Temperament.Tensors.Quantization;

namespace Temperament.Tensors.Memory;

/// <summary>Names and sizes of the formats of <see cref="WeightFormat"/>.</summary>
public static class WeightFormats
{
    /// <summary>Name in the words of checkpoints: F32, BF16, NF4, Q4_1 …</summary>
    /// <param name="format">Format.</param>
    public static string NameOf(WeightFormat format) => format switch
    {
        WeightFormat.Bf16 => "BF16",
        WeightFormat.Nf4 => "NF4",
        WeightFormat.Q40 => "Q4_0",
        WeightFormat.Q41 => "Q4_1",
        WeightFormat.Q50 => "Q5_0",
        WeightFormat.Q51 => "Q5_1",
        WeightFormat.Q80 => "Q8_0",
        WeightFormat.Iq4Nl => "IQ4_NL",
        _ => "F32",
    };

    /// <summary>
    /// Bytes of a matrix in memory with the scales that belong to it: NF4 with scales of one byte a block, of which 256 share a float32; block formats
    /// with the rows that fill up their last 64.
    /// </summary>
    /// <param name="format">Format.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    public static long BytesOf(WeightFormat format, long rows, long columns) => format switch
    {
        WeightFormat.F32 => rows * columns * sizeof(float),
        WeightFormat.Bf16 => rows * columns * sizeof(ushort),
        WeightFormat.Nf4 => (rows * columns / 2) + (rows * columns / 64) + (rows * columns / (64 * 256) * sizeof(float)),
        _ => (rows + BlockView.Band - 1) / BlockView.Band * BlockView.Band * (columns / BlockView.BlockSize) * BlockCode.HeldBytesOfBlock(format),
    };
}
