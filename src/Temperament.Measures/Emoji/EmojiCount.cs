namespace Temperament.Measures.Emoji;

/// <summary>One emoji and how often it was written.</summary>
/// <param name="Emoji">The grapheme cluster.</param>
/// <param name="Count">Number of times.</param>
public readonly record struct EmojiCount(string Emoji, int Count);
