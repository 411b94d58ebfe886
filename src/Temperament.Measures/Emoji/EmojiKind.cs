namespace Temperament.Measures.Emoji;

/// <summary>How an emoji is built from code points.</summary>
public enum EmojiKind
{
    /// <summary>One code point with emoji presentation of its own.</summary>
    Single,

    /// <summary>A code point followed by U+FE0F, which asks for emoji presentation.</summary>
    Presentation,

    /// <summary>A code point with a skin tone.</summary>
    Modifier,

    /// <summary>Emoji joined by U+200D.</summary>
    ZeroWidthJoined,

    /// <summary>Two regional indicators.</summary>
    Flag,

    /// <summary>A digit, # or * in U+20E3.</summary>
    Keycap,

    /// <summary>An emoji followed by tag characters, as in the flags of England and Scotland.</summary>
    Tag,

    /// <summary>A skin tone or a piece of hair standing alone; counted apart from the emoji.</summary>
    Component,
}
