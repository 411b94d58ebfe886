using Temperament.Models.Text.Normalizing;

namespace Temperament.Models.Text.Splitting;

/// <summary>When SentencePiece's mark for a space is put in front of a piece.</summary>
internal enum PrependScheme
{
    /// <summary>At the start of the text only.</summary>
    First,

    /// <summary>Never.</summary>
    Never,

    /// <summary>In front of each piece.</summary>
    Always,
}

/// <summary>Writes spaces as SentencePiece's mark, puts one in front, and cuts in front of each mark if asked.</summary>
internal sealed class MetaspaceSplit(char mark, PrependScheme scheme, bool splits) : IPreTokenizer
{
    private readonly PrependNormalizer _prepend = new(mark.ToString());
    private readonly ReplaceNormalizer _replace = new(" ", mark.ToString());
    private readonly LiteralSplit _cut = new(mark.ToString(), SplitBehavior.MergedWithNext, inverted: false);

    /// <inheritdoc/>
    public void Split(in TextPiece piece, PieceSink target)
    {
        SourceText text = _replace.Normalize(piece.Own);
        bool prepends = !(piece.Source.Continues && piece.Start == 0) && (scheme == PrependScheme.Always || (scheme == PrependScheme.First && piece.IsFirst));
        if (prepends && !text.Text.StartsWith(mark))
        {
            text = _prepend.Normalize(text);
        }

        TextPiece marked = piece.With(text);
        if (splits)
        {
            _cut.Split(marked, target);
        }
        else
        {
            target.Take(marked);
        }
    }
}
