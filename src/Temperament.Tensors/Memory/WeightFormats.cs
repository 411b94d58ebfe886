namespace Temperament.Tensors.Memory;

/// <summary>Names and sizes of the formats of <see cref="WeightFormat"/>.</summary>
public static class WeightFormats
{
    /// <summary>Name in the words of checkpoints: F32, BF16, NF4 …</summary>
    /// <param name="format">Format.</param>
    public static string NameOf(WeightFormat format) => format switch
    {
        WeightFormat.Bf16 => "BF16",
        WeightFormat.Nf4 => "NF4",
        _ => "F32",
    };

    /// <summary>Bytes of some weights with the scales that belong to them, rows being whole blocks; NF4 with its scales in 8 bits.</summary>
    /// <param name="format">Format.</param>
    /// <param name="count">Number of weights.</param>
    public static long BytesOf(WeightFormat format, long count) => format switch
    {
        WeightFormat.Bf16 => count * sizeof(ushort),
        WeightFormat.Nf4 => (count / 2) + (count / 64) + (count / (64 * 256) * sizeof(float)),
        _ => count * sizeof(float),
    };
}
