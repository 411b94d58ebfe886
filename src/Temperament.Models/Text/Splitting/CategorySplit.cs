namespace Temperament.Models.Text.Splitting;

/// <summary>Cuts at code points of a kind: digits, punctuation, white space.</summary>
internal sealed class CategorySplit(Func<int, bool> kind, SplitBehavior behavior) : IPreTokenizer
{
    private readonly bool[] _ascii = [.. Enumerable.Range(0, 128).Select(kind)];

    /// <inheritdoc/>
    public void Split(in TextPiece piece, PieceSink target)
    {
        ReadOnlySpan<char> text = piece.Span;
        var cutter = new PieceCutter(piece, behavior, target);
        int done = 0;
        for (int at = 0; at < text.Length;)
        {
            int point = text[at], length = 1;
            bool found = point < 128 ? _ascii[point] : kind(CodePoints.At(text, at, out length));
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
