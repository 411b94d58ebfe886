namespace Temperament.Cli.Rendering;

/// <summary>Text of a model, made harmless for a screen.</summary>
internal static class ScreenText
{
    private const char Replacement = '\uFFFD';

    /// <summary>Replaces control characters, which could move the cursor or change the terminal; line ends and tabs stay.</summary>
    public static string Of(string text) =>
        text.Any(IsHarmful) ? string.Create(text.Length, text, (span, source) =>
        {
            for (int i = 0; i < span.Length; i++)
            {
                span[i] = IsHarmful(source[i]) ? Replacement : source[i];
            }
        }) : text;

    private static bool IsHarmful(char unit) => char.IsControl(unit) && unit is not ('\n' or '\t');
}
