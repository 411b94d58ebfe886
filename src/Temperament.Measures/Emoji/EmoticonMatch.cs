namespace Temperament.Measures.Emoji;

/// <summary>An emoticon or a kaomoji, and where it stands. Neither is ever an emoji.</summary>
/// <param name="Start">First UTF-16 unit.</param>
/// <param name="Text">The characters.</param>
/// <param name="IsKaomoji">True for the longer upright faces such as (^_^), false for :-) and its like.</param>
public readonly record struct EmoticonMatch(int Start, string Text, bool IsKaomoji);
