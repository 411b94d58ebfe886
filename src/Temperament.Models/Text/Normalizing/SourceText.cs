namespace Temperament.Models.Text.Normalizing;

/// <summary>A text on its way to the vocabulary, and where its characters come from.</summary>
/// <param name="Text">The text as it is now.</param>
/// <param name="Origins">For each UTF-16 unit the unit of the text as it was given, -1 where there is none; null where nobody asks.
/// A last element more says where the text ends there.</param>
/// <param name="Limit">The longest that rewriting may make it, in UTF-16 units.</param>
internal readonly record struct SourceText(string Text, int[]? Origins, int Limit)
{
    /// <summary>Whether other text stands before it, so that nothing is put in front.</summary>
    public bool Continues { get; init; }

    private const int LeastLimit = 1 << 16;

    // No character of the normalization forms becomes more than 18 code points.
    private const int MostGrowth = 40;

    /// <summary>A text as it was given.</summary>
    public static SourceText Of(string text, bool tracks)
    {
        if (text.Length > int.MaxValue / MostGrowth - LeastLimit)
        {
            throw new TokenizerException($"A text of {text.Length} characters was given; expected at most {int.MaxValue / MostGrowth - LeastLimit}. "
                + "Give it in parts.");
        }

        int[]? origins = null;
        if (tracks)
        {
            origins = new int[text.Length + 1];
            for (int i = 0; i < origins.Length; i++)
            {
                origins[i] = i;
            }
        }

        return new SourceText(text, origins, LeastLimit + (MostGrowth * text.Length));
    }

    /// <summary>A part of the text.</summary>
    public SourceText Slice(int start, int end) =>
        start == 0 && end == Text.Length ? this : this with { Text = Text[start..end], Origins = Origins?[start..(end + 1)], Continues = Continues && start == 0 };

    /// <summary>Refuses a length beyond the limit.</summary>
    public void CheckLength(long length)
    {
        if (length > Limit)
        {
            throw new TokenizerException($"The tokenizer's normalizer makes more than {Limit} characters of a text of {Text.Length}; "
                + "expected one of a published tokenizer, which does not grow a text so.");
        }
    }
}
