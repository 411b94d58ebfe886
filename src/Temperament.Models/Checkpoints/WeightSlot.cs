namespace Temperament.Models.Checkpoints;

/// <summary>A weight of a checkpoint by the name and shape that Hugging Face gives it, however it is stored.</summary>
/// <param name="Name">Name.</param>
/// <param name="Shape">Sizes of the dimensions, outermost first: one for a vector, two for a matrix.</param>
public sealed record WeightSlot(string Name, long[] Shape)
{
    /// <summary>Whether it is a vector.</summary>
    public bool IsVector => Shape.Length == 1;

    /// <summary>Rows; 1 for a vector.</summary>
    public int Rows => IsVector ? 1 : checked((int)Shape[0]);

    /// <summary>Columns, or the length of a vector.</summary>
    public int Columns => checked((int)Shape[^1]);

    /// <summary>Number of weights.</summary>
    public long Count => (long)Rows * Columns;
}
