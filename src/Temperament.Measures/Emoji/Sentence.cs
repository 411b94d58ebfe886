namespace Temperament.Measures.Emoji;

/// <summary>One sentence of a text.</summary>
/// <param name="Text">The sentence, trimmed.</param>
/// <param name="Emoji">Number of emoji in it, components not counted.</param>
public readonly record struct Sentence(string Text, int Emoji);
