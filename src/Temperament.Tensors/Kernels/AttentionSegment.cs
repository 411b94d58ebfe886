namespace Temperament.Tensors.Kernels;

/// <summary>
/// One sequence of an attention call: query row QueryStart + i sees key rows KeyStart to KeyStart + Past + i, the last one included.
/// In training Past is 0; with a cache of n keys a new token has QueryCount 1 and Past n.
/// </summary>
/// <param name="QueryStart">First query row.</param>
/// <param name="QueryCount">Number of query rows.</param>
/// <param name="KeyStart">First key row.</param>
/// <param name="Past">Keys before the key of the first query.</param>
public readonly record struct AttentionSegment(int QueryStart, int QueryCount, int KeyStart, int Past)
{
    /// <summary>Number of key rows that the segment reads.</summary>
    public int KeyCount => Past + QueryCount;
}
