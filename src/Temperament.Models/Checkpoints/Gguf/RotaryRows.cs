namespace Temperament.Models.Checkpoints.Gguf;

/// <summary>
/// The two orders of the rows of queries and keys in a head of D rows: GGUF's "llama" rotates neighbours, rows 2i and 2i + 1; Hugging
/// Face rotates the halves, rows i and D/2 + i.
/// </summary>
internal static class RotaryRows
{
    /// <summary>Place in the order of halves of a row in the order of neighbours.</summary>
    public static int InHalves(int row, int headSize)
    {
        int within = row % headSize;
        return row - within + (within % 2 * (headSize / 2)) + (within / 2);
    }

    /// <summary>Place in the order of neighbours of a row in the order of halves.</summary>
    public static int InPairs(int row, int headSize)
    {
        int within = row % headSize, half = headSize / 2;
        return row - within + (within % half * 2) + (within / half);
    }
}
