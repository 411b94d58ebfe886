namespace Temperament.Measures.Emoji;

/// <summary>One emoji, that is one grapheme cluster, and where it stands.</summary>
/// <param name="Start">First UTF-16 unit.</param>
/// <param name="Text">The whole cluster.</param>
/// <param name="Kind">How it is built.</param>
public readonly record struct EmojiMatch(int Start, string Text, EmojiKind Kind)
{
    /// <summary>Number of UTF-16 units.</summary>
    public int Length => Text.Length;

    /// <summary>False for a component, which is reported but not counted as an emoji.</summary>
    public bool IsEmoji => Kind != EmojiKind.Component;
}
