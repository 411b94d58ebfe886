namespace Temperament.Models.Text.Splitting;

/// <summary>What becomes of the parts that a pattern finds.</summary>
internal enum SplitBehavior
{
    /// <summary>They are dropped.</summary>
    Removed,

    /// <summary>Each is a piece of its own.</summary>
    Isolated,

    /// <summary>Each belongs to the piece before it.</summary>
    MergedWithPrevious,

    /// <summary>Each belongs to the piece behind it.</summary>
    MergedWithNext,

    /// <summary>Neighbours are one piece.</summary>
    Contiguous,
}
