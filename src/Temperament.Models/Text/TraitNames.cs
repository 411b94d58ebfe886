namespace Temperament.Models.Text;

/// <summary>How traits and poles are written in files, tables and commands: lower-case English words.</summary>
public static class TraitNames
{
    /// <summary>The word for no trait.</summary>
    public const string Neutral = "neutral";

    /// <summary>The words of the five traits, in the order of <see cref="Trait"/>.</summary>
    public static IReadOnlyList<string> Traits { get; } = ["openness", "conscientiousness", "extraversion", "agreeableness", "neuroticism"];

    /// <summary>The words of the two poles, in the order of <see cref="Pole"/>.</summary>
    public static IReadOnlyList<string> Poles { get; } = ["high", "low"];

    /// <summary>The word of a trait.</summary>
    /// <param name="trait">The trait.</param>
    public static string Of(Trait trait) => Traits[(int)trait];

    /// <summary>The word of a pole.</summary>
    /// <param name="pole">The pole.</param>
    public static string Of(Pole pole) => Poles[(int)pole];

    /// <summary>Reads a trait; case does not matter.</summary>
    /// <param name="text">The word.</param>
    /// <param name="trait">The trait that was read.</param>
    /// <returns>False if the word names no trait.</returns>
    public static bool TryParse(string? text, out Trait trait)
    {
        int index = IndexOf(Traits, text);
        trait = (Trait)Math.Max(0, index);
        return index >= 0;
    }

    /// <summary>Reads a pole; case does not matter.</summary>
    /// <param name="text">The word.</param>
    /// <param name="pole">The pole that was read.</param>
    /// <returns>False if the word names no pole.</returns>
    public static bool TryParse(string? text, out Pole pole)
    {
        int index = IndexOf(Poles, text);
        pole = (Pole)Math.Max(0, index);
        return index >= 0;
    }

    /// <summary>Reads a trait.</summary>
    /// <param name="text">The word.</param>
    /// <exception cref="FormatException">The word names no trait; the message gives the nearest one.</exception>
    public static Trait ParseTrait(string text) =>
        TryParse(text, out Trait trait) ? trait : throw new FormatException(NearestWord.Complain("trait", text, Traits));

    /// <summary>Reads a pole.</summary>
    /// <param name="text">The word.</param>
    /// <exception cref="FormatException">The word names no pole; the message gives the nearest one.</exception>
    public static Pole ParsePole(string text) =>
        TryParse(text, out Pole pole) ? pole : throw new FormatException(NearestWord.Complain("pole", text, Poles));

    private static int IndexOf(IReadOnlyList<string> words, string? text)
    {
        for (int i = 0; i < words.Count; i++)
        {
            if (string.Equals(words[i], text, StringComparison.OrdinalIgnoreCase))
            {
                return i;
            }
        }

        return -1;
    }
}
