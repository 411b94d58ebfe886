namespace Temperament.Models.Text.Splitting;

/// <summary>Several steps, one after the other.</summary>
internal sealed class PreTokenizerChain(IReadOnlyList<IPreTokenizer> steps)
{
    /// <summary>Cuts a text.</summary>
    /// <param name="text">Text.</param>
    /// <param name="isFirst">Whether it stands at the start of the whole.</param>
    public List<TextPiece> Split(string text, bool isFirst)
    {
        var pieces = new List<TextPiece> { new(text, 0, text.Length, isFirst) };
        var next = new List<TextPiece>();
        foreach (IPreTokenizer step in steps)
        {
            next.Clear();
            next.EnsureCapacity(pieces.Count + (text.Length / 5));
            foreach (TextPiece piece in pieces)
            {
                step.Split(piece, next);
            }

            (pieces, next) = (next, pieces);
        }

        return pieces;
    }
}
