namespace Temperament.Measures.Judges;

/// <summary>A text and what it is known to show.</summary>
/// <param name="Text">The text.</param>
/// <param name="Label">Its label, as in "extraversion-high" or "neutral".</param>
public readonly record struct LabelledText(string Text, string Label);
