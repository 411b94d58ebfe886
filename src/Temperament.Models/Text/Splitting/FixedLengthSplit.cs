namespace Temperament.Models.Text.Splitting;

/// <summary>Cuts after every so many code points.</summary>
internal sealed class FixedLengthSplit(int length) : IPreTokenizer
{
    /// <inheritdoc/>
    public void Split(in TextPiece piece, PieceSink target)
    {
        ReadOnlySpan<char> text = piece.Span;
        for (int start = 0, at = 0, count = 0; at < text.Length;)
        {
            CodePoints.At(text, at, out int units);
            at += units;
            if (++count == length || at == text.Length)
            {
                target.Take(piece.Slice(start, at - start));
                (start, count) = (at, 0);
            }
        }
    }
}
