namespace Temperament.Models.Text.Normalizing;

/// <summary>The rules for white space and control characters that machine translation put before its vocabularies.</summary>
internal sealed class NmtNormalizer : INormalizer
{
    private static readonly RemovingNormalizer Controls = new(point =>
        point is (>= 1 and <= 8) or 0xB or (>= 0xE and <= 0x1F) or 0x7F or 0x8F or 0x9F);

    /// <inheritdoc/>
    public SourceText Normalize(SourceText source)
    {
        SourceText kept = Controls.Normalize(source);
        return kept with
        {
            Text = string.Create(kept.Text.Length, kept.Text, static (target, text) =>
            {
                for (int i = 0; i < target.Length; i++)
                {
                    target[i] = IsSpace(text[i]) ? ' ' : text[i];
                }
            }),
        };
    }

    private static bool IsSpace(char unit) => unit is '\t' or '\n' or '\f' or '\r' or '\u1680' or (>= '\u200B' and <= '\u200F') or '\u2028'
        or '\u2029' or '\u2581' or '\uFEFF' or '\uFFFD';
}
