using Temperament.Models.Text.Normalizing;

namespace Temperament.Models.Text.Splitting;

/// <summary>A part of a text that is tokenized on its own.</summary>
/// <param name="Source">Text that it is cut from.</param>
/// <param name="Start">First UTF-16 unit.</param>
/// <param name="Length">Number of UTF-16 units.</param>
/// <param name="IsFirst">Whether it stands at the very start of what was given to the tokenizer.</param>
internal readonly record struct TextPiece(SourceText Source, int Start, int Length, bool IsFirst)
{
    /// <summary>The characters.</summary>
    public ReadOnlySpan<char> Span => Source.Text.AsSpan(Start, Length);

    /// <summary>The piece as a text of its own.</summary>
    public SourceText Own => Source.Slice(Start, Start + Length);

    /// <summary>A whole text as one piece.</summary>
    public static TextPiece Of(SourceText source, bool isFirst) => new(source, 0, source.Text.Length, isFirst);

    /// <summary>A part of the piece, by places in it.</summary>
    public TextPiece Slice(int start, int length) => new(Source, Start + start, length, IsFirst && start == 0);

    /// <summary>Another text in place of this piece.</summary>
    public TextPiece With(SourceText text) => Of(text, IsFirst);
}
