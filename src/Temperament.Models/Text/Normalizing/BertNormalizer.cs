using System.Globalization;

namespace Temperament.Models.Text.Normalizing;

/// <summary>The normalizer of BERT: control characters are dropped, white space becomes a space, Chinese characters stand alone.</summary>
internal sealed class BertNormalizer(bool cleans, bool separatesChinese) : INormalizer
{
    private const int ControlMask = (1 << (int)UnicodeCategory.Control) | (1 << (int)UnicodeCategory.Format)
        | (1 << (int)UnicodeCategory.PrivateUse) | (1 << (int)UnicodeCategory.Surrogate);

    private static readonly RemovingNormalizer Controls = new(IsDropped);

    // CJK ideographs, as BERT's multilingual vocabulary counts them.
    private static readonly (int First, int Last)[] Chinese =
    [
        (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x2A6DF), (0x2A700, 0x2B73F), (0x2B740, 0x2B81F), (0x2B920, 0x2CEAF),
        (0x2F800, 0x2FA1F),
    ];

    /// <inheritdoc/>
    public SourceText Normalize(SourceText source)
    {
        if (source.Text.AsSpan().IndexOfAnyExceptInRange(' ', '~') < 0)
        {
            return source;
        }

        if (cleans)
        {
            source = PlainSpaces(Controls.Normalize(source));
        }

        return separatesChinese && source.Text.AsSpan().IndexOfAnyInRange('\u3400', '\uFFFF') >= 0 ? Separate(source) : source;
    }

    private static SourceText PlainSpaces(SourceText source)
    {
        foreach (char unit in source.Text)
        {
            if (unit != ' ' && CodePoints.IsWhiteSpace(unit))
            {
                return source with
                {
                    Text = string.Create(source.Text.Length, source.Text, static (target, text) =>
                    {
                        for (int i = 0; i < target.Length; i++)
                        {
                            target[i] = CodePoints.IsWhiteSpace(text[i]) ? ' ' : text[i];
                        }
                    }),
                };
            }
        }

        return source;
    }

    private static SourceText Separate(SourceText source)
    {
        var rewriter = new TextRewriter(source);
        for (int at = 0; at < source.Text.Length;)
        {
            int point = CodePoints.At(source.Text, at, out int length);
            at += length;
            if (IsChinese(point))
            {
                rewriter.Put(' ', 0);
                rewriter.Put(point, 1);
                rewriter.Put(' ', 1);
            }
            else
            {
                rewriter.Put(point, 0);
            }
        }

        return rewriter.Finish();
    }

    private static bool IsDropped(int codePoint) => codePoint is 0 or 0xFFFD
        || (codePoint is not ('\t' or '\n' or '\r') && ((ControlMask >> (int)CharUnicodeInfo.GetUnicodeCategory(codePoint)) & 1) != 0);

    private static bool IsChinese(int codePoint)
    {
        if (codePoint < Chinese[0].First)
        {
            return false;
        }

        foreach ((int first, int last) in Chinese)
        {
            if (codePoint >= first && codePoint <= last)
            {
                return true;
            }
        }

        return false;
    }
}
