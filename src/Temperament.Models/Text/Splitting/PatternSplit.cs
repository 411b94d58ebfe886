using Temperament.Models.Text.Patterns;

namespace Temperament.Models.Text.Splitting;

/// <summary>Cuts at the matches of a pattern; inverted, at what lies between them.</summary>
internal sealed class PatternSplit(Pattern pattern, SplitBehavior behavior, bool inverted) : IPreTokenizer
{
    /// <summary>The pattern of GPT-2: contractions, words, numbers and signs with one space before them, and runs of white space.</summary>
    public const string Gpt2 = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    /// <inheritdoc/>
    public void Split(in TextPiece piece, PieceSink target)
    {
        var cutter = new PieceCutter(piece, behavior, target);
        int done = 0;
        foreach ((int start, int length) in pattern.Matches(piece.Span))
        {
            cutter.Add(start - done, inverted);
            cutter.Add(length, !inverted);
            done = start + length;
        }

        cutter.Add(piece.Length - done, inverted);
        cutter.Close();
    }
}
