namespace Temperament.Models.Text;

/// <summary>A part of a text, in UTF-16 units.</summary>
/// <param name="Start">First unit.</param>
/// <param name="End">Behind the last unit.</param>
public readonly record struct TextSpan(int Start, int End);

/// <summary>A rendered conversation.</summary>
/// <param name="Text">The text.</param>
/// <param name="GenerationSpans">What the template marks as written by the model; empty where it has no marks.</param>
public sealed record RenderedChat(string Text, IReadOnlyList<TextSpan> GenerationSpans)
{
    /// <summary>Where the content of each message of the assistant stands, without the white space around it; in the order of the messages,
    /// those left out that are empty or that the template does not show as they are. Empty where nobody asked.</summary>
    public IReadOnlyList<TextSpan> AnswerSpans { get; init; } = [];
}
