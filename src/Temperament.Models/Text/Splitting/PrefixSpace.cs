using Temperament.Models.Text.Normalizing;

namespace Temperament.Models.Text.Splitting;

/// <summary>Puts a space in front of a piece that does not begin with one.</summary>
internal sealed class PrefixSpace : IPreTokenizer
{
    private static readonly PrependNormalizer Space = new(" ");

    /// <inheritdoc/>
    public void Split(in TextPiece piece, PieceSink target) =>
        target.Take(piece.Span.StartsWith(' ') || (piece.Source.Continues && piece.Start == 0) ? piece : piece.With(Space.Normalize(piece.Own)));
}
