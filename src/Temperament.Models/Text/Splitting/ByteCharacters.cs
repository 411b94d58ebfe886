using System.Text;
using Temperament.Models.Text.Normalizing;

namespace Temperament.Models.Text.Splitting;

/// <summary>Rewrites text in the characters of its bytes, as a normalizer or for steps that come after the byte table was applied.</summary>
internal sealed class ByteCharacters : IPreTokenizer, INormalizer
{
    /// <inheritdoc/>
    public void Split(in TextPiece piece, PieceSink target) => target.Take(piece.With(Normalize(piece.Own)));

    /// <inheritdoc/>
    public SourceText Normalize(SourceText source)
    {
        if (source.Origins is null)
        {
            return source with { Text = ByteLevel.Map(source.Text) };
        }

        var rewriter = new TextRewriter(source);
        Span<byte> bytes = stackalloc byte[4];
        for (int at = 0; at < source.Text.Length;)
        {
            CodePoints.At(source.Text, at, out int length);
            int count = Encoding.UTF8.GetBytes(source.Text.AsSpan(at, length), bytes);
            at += length;
            for (int i = 0; i < count; i++)
            {
                rewriter.Put(ByteLevel.Character(bytes[i]), i == 0 ? 0 : 1);
            }
        }

        return rewriter.Finish();
    }
}
