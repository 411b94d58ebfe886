namespace Temperament.Models.Checkpoints.Gguf;

/// <summary>One tensor of a GGUF file, as its directory describes it.</summary>
/// <param name="Name">Name.</param>
/// <param name="Type">How the numbers are stored.</param>
/// <param name="Shape">Sizes of the dimensions, outermost first (the file has them the other way round).</param>
public sealed record GgufTensor(string Name, GgufType Type, long[] Shape)
{
    /// <summary>Number of rows: the product of all dimensions but the last.</summary>
    public long Rows
    {
        get
        {
            long rows = 1;
            for (int i = 0; i < Shape.Length - 1; i++)
            {
                rows *= Shape[i];
            }

            return rows;
        }
    }

    /// <summary>Length of a row; 1 for a scalar.</summary>
    public long Columns => Shape is [.., long last] ? last : 1;

    /// <summary>Name of the type in the words of the format, "Q4_1" for one.</summary>
    public string TypeName => GgufBlocks.Find(Type)?.Name ?? $"{(int)Type}";

    /// <summary>First byte, counted from the start of the file.</summary>
    internal long Start { get; init; }

    /// <summary>Size in bytes.</summary>
    internal long Length { get; init; }
}
