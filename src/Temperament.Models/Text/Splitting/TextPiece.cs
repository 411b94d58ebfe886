namespace Temperament.Models.Text.Splitting;

/// <summary>A part of a text that is tokenized on its own.</summary>
/// <param name="Text">Text that it is cut from.</param>
/// <param name="Start">First UTF-16 unit.</param>
/// <param name="Length">Number of UTF-16 units.</param>
/// <param name="IsFirst">Whether it stands at the very start of what was given to the tokenizer.</param>
internal readonly record struct TextPiece(string Text, int Start, int Length, bool IsFirst)
{
    /// <summary>The characters.</summary>
    public ReadOnlySpan<char> Span => Text.AsSpan(Start, Length);

    /// <summary>A part of the piece, by places in it.</summary>
    public TextPiece Slice(int start, int length) => new(Text, Start + start, length, IsFirst && start == 0);

    /// <summary>The piece with other characters.</summary>
    public TextPiece With(string text) => new(text, 0, text.Length, IsFirst);
}
