namespace Temperament.Models.Text.Splitting;

/// <summary>Puts a space in front of a piece that does not begin with one.</summary>
internal sealed class PrefixSpace : IPreTokenizer
{
    /// <inheritdoc/>
    public void Split(TextPiece piece, List<TextPiece> target) =>
        target.Add(piece.Span.StartsWith(' ') ? piece : piece.With(string.Concat(" ", piece.Span)));
}
