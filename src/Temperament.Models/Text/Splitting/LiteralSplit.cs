namespace Temperament.Models.Text.Splitting;

/// <summary>Cuts at a fixed string; inverted, at what lies between.</summary>
internal sealed class LiteralSplit(string literal, SplitBehavior behavior, bool inverted) : IPreTokenizer
{
    /// <inheritdoc/>
    public void Split(in TextPiece piece, PieceSink target)
    {
        ReadOnlySpan<char> text = piece.Span;
        var cutter = new PieceCutter(piece, behavior, target);
        int done = 0;
        while (literal.Length > 0 && text[done..].IndexOf(literal, StringComparison.Ordinal) is >= 0 and int before)
        {
            cutter.Add(before, inverted);
            cutter.Add(literal.Length, !inverted);
            done += before + literal.Length;
        }

        cutter.Add(text.Length - done, inverted);
        cutter.Close();
    }
}
