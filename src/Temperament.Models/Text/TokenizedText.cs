namespace Temperament.Models.Text;

/// <summary>Ids of a text and the part of it that each stands for.</summary>
/// <param name="Ids">Ids.</param>
/// <param name="Spans">For each id its part of the text in UTF-16 units, of whole characters; 0 to 0 for tokens that were put around the text.</param>
public sealed record TokenizedText(int[] Ids, TextSpan[] Spans);
