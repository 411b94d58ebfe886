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
    /// <inheritdoc/>
    public void Split(TextPiece piece, List<TextPiece> target)
    {
        string text = piece.Span.ToString().Replace(' ', mark);
        bool prepends = scheme == PrependScheme.Always || (scheme == PrependScheme.First && piece.IsFirst);
        if (prepends && text.Length > 0 && text[0] != mark)
        {
            text = mark + text;
        }

        TextPiece marked = piece.With(text);
        if (splits)
        {
            new LiteralSplit(mark.ToString(), SplitBehavior.MergedWithNext, inverted: false).Split(marked, target);
        }
        else
        {
            target.Add(marked);
        }
    }
}
