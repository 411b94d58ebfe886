using Temperament.Models.Text.Patterns;

namespace Temperament.Models.Text.Splitting;

/// <summary>Cuts at the matches of a pattern; inverted, at what lies between them.</summary>
internal sealed class PatternSplit(Pattern pattern, SplitBehavior behavior, bool inverted) : IPreTokenizer
{
    /// <summary>The pattern of GPT-2: contractions, words, numbers and signs with one space before them, and runs of white space.</summary>
    public const string Gpt2 = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    /// <inheritdoc/>
    public void Split(TextPiece piece, List<TextPiece> target)
    {
        ReadOnlySpan<char> text = piece.Span;
        var cutter = new PieceCutter(piece, behavior, target);
        long budget = Pattern.Budget(text.Length);
        int done = 0;
        while (done < text.Length)
        {
            int start = pattern.Find(text, done, out int length, ref budget);
            if (start < 0)
            {
                break;
            }

            cutter.Add(start - done, inverted);
            cutter.Add(length, !inverted);
            done = start + length;
        }

        cutter.Add(text.Length - done, inverted);
        cutter.Close();
    }
}
