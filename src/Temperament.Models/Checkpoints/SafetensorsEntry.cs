namespace Temperament.Models.Checkpoints;

/// <summary>One tensor of a safetensors file, as its header describes it.</summary>
/// <param name="Name">Name.</param>
/// <param name="Dtype">Type of the elements in the words of the format: F32, BF16, I64 …</param>
/// <param name="Shape">Sizes of the dimensions, outermost first; none for a scalar.</param>
public sealed record SafetensorsEntry(string Name, string Dtype, long[] Shape)
{
    /// <summary>First byte, counted from the end of the header.</summary>
    internal long Start { get; init; }

    /// <summary>Size in bytes.</summary>
    internal long Length { get; init; }

    /// <summary>Number of elements.</summary>
    public long Count
    {
        get
        {
            long count = 1;
            foreach (long size in Shape)
            {
                count *= size;
            }

            return count;
        }
    }

    /// <summary>Bytes of one element; 0 for a type that the format does not have.</summary>
    /// <param name="dtype">Type in the words of the format.</param>
    internal static int ElementSize(string dtype) => dtype switch
    {
        "BOOL" or "U8" or "I8" or "F8_E5M2" or "F8_E4M3" => 1,
        "I16" or "U16" or "F16" or "BF16" => 2,
        "I32" or "U32" or "F32" => 4,
        "I64" or "U64" or "F64" => 8,
        _ => 0,
    };
}
