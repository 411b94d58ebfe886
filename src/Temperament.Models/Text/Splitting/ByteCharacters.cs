namespace Temperament.Models.Text.Splitting;

/// <summary>Rewrites a piece in the characters of its bytes, for steps that come after the byte table was applied.</summary>
internal sealed class ByteCharacters : IPreTokenizer
{
    /// <inheritdoc/>
    public void Split(TextPiece piece, List<TextPiece> target) => target.Add(piece.With(ByteLevel.Map(piece.Span)));
}
