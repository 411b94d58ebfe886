namespace Temperament.Models.Text.Vocabularies;

/// <summary>Ids as they come, and where asked the part of the piece that each stands for.</summary>
internal sealed class TokenRun(int capacity, bool tracks)
{
    /// <summary>Ids.</summary>
    public List<int> Ids { get; } = new(capacity);

    /// <summary>For each id of the present piece its first byte in UTF-8 and the one behind its last; null where nobody asks.</summary>
    public List<TextSpan>? Bytes { get; } = tracks ? [] : null;

    /// <summary>Adds a token.</summary>
    /// <param name="id">Id.</param>
    /// <param name="start">First byte of the piece in UTF-8.</param>
    /// <param name="end">Behind its last byte.</param>
    public void Add(int id, int start, int end)
    {
        Ids.Add(id);
        Bytes?.Add(new TextSpan(start, end));
    }

    /// <summary>Adds tokens that follow each other without a gap.</summary>
    /// <param name="ids">Ids.</param>
    /// <param name="lengths">Bytes of each; empty where nobody asks.</param>
    public void Add(ReadOnlySpan<int> ids, ReadOnlySpan<int> lengths)
    {
        Ids.AddRange(ids);
        if (Bytes is not null)
        {
            int start = 0;
            foreach (int length in lengths)
            {
                Bytes.Add(new TextSpan(start, start + length));
                start += length;
            }
        }
    }
}
