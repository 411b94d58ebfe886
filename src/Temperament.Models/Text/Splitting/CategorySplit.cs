namespace Temperament.Models.Text.Splitting;

/// <summary>Cuts at code points of a kind: digits, punctuation, white space.</summary>
internal sealed class CategorySplit(Func<int, bool> kind, SplitBehavior behavior) : IPreTokenizer
{
    /// <inheritdoc/>
    public void Split(TextPiece piece, List<TextPiece> target)
    {
        ReadOnlySpan<char> text = piece.Span;
        var cutter = new PieceCutter(piece, behavior, target);
        int done = 0;
        for (int at = 0; at < text.Length;)
        {
            bool found = kind(CodePoints.At(text, at, out int length));
            if (found)
            {
                cutter.Add(at - done, false);
                cutter.Add(length, true);
                done = at + length;
            }

            at += length;
        }

        cutter.Add(text.Length - done, false);
        cutter.Close();
    }
}
