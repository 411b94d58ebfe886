using System.Buffers;

namespace Temperament.Models.Text.Patterns;

/// <summary>
/// A regular expression over code points, matched by backtracking with a bound on the work: a hostile pattern gives a named exception,
/// never a run without end. (The regular expressions of .NET see UTF-16 units, so \p{L} misses every letter above U+FFFF.)
/// </summary>
internal sealed class Pattern
{
    private const int FrameLimit = 3 << 20;
    private const int MaxLookDepth = 64;

    private readonly PatternStep[] _steps;
    private readonly string _source;

    /// <summary>Compiles a pattern.</summary>
    /// <exception cref="TokenizerException">The pattern is not right, or uses what tokenizers do not.</exception>
    public Pattern(string source)
    {
        _source = source;
        _steps = PatternParser.Parse(source);
    }

    /// <summary>Finds the next match that is not empty from a place on.</summary>
    /// <param name="text">Text.</param>
    /// <param name="from">First place to try.</param>
    /// <param name="length">Length of the match.</param>
    /// <param name="budget">Work that is left for this text; see <see cref="Budget"/>.</param>
    /// <returns>Start of the match, or -1.</returns>
    public int Find(ReadOnlySpan<char> text, int from, out int length, ref long budget)
    {
        int[] frames = ArrayPool<int>.Shared.Rent(96);
        var run = new MatchRun(this, text, frames, budget);
        try
        {
            for (int start = from; start < text.Length; start += char.IsHighSurrogate(text[start]) && start + 1 < text.Length
                && char.IsLowSurrogate(text[start + 1]) ? 2 : 1)
            {
                int end = run.Match(0, start, 0);
                if (end > start)
                {
                    length = end - start;
                    return start;
                }
            }

            length = 0;
            return -1;
        }
        finally
        {
            budget = run.Budget;
            ArrayPool<int>.Shared.Return(run.Frames);
        }
    }

    /// <summary>Work that a text of some length may take.</summary>
    public static long Budget(int length) => 1_000_000 + (1000L * length);

    private ref struct MatchRun(Pattern pattern, ReadOnlySpan<char> text, int[] frames, long budget)
    {
        private readonly PatternStep[] _steps = pattern._steps;
        private readonly ReadOnlySpan<char> _text = text;
        private int _top;

        public int[] Frames = frames;
        public long Budget = budget;

        // Returns the end of the match or -1. A frame is (step, place, least place): where the least place is not negative, the place may
        // still step back to it; -1 is a plain fork; below -1 a lazy step that may take up to ~least more.
        public int Match(int step, int at, int depth)
        {
            int bottom = _top;
            while (true)
            {
                if (--Budget < 0)
                {
                    throw new TokenizerException($"The pattern {pattern._source} takes too much work on a text of {_text.Length} characters. "
                        + "It backtracks without bound; expected a pattern of a published tokenizer.");
                }

                ref readonly PatternStep s = ref _steps[step];
                bool matched = true;
                switch (s.Operation)
                {
                    case PatternOperation.Done:
                        _top = bottom;
                        return at;
                    case PatternOperation.Greedy:
                    case PatternOperation.Possessive:
                        matched = Take(in s, step, ref at);
                        step++;
                        break;
                    case PatternOperation.Lazy:
                        matched = TakeFew(in s, step, ref at);
                        step++;
                        break;
                    case PatternOperation.Letter:
                        matched = at < _text.Length && CodePoints.Fold(CodePoints.At(_text, at, out int length)) == s.Minimum;
                        at += matched ? CodePointLength(at) : 0;
                        step++;
                        break;
                    case PatternOperation.Fork:
                        Push(s.Other, at, -1);
                        step = s.Next;
                        break;
                    case PatternOperation.Jump:
                        step = s.Next;
                        break;
                    case PatternOperation.Ahead:
                    case PatternOperation.NotAhead:
                    case PatternOperation.Atomic:
                        if (depth > MaxLookDepth)
                        {
                            throw new TokenizerException($"The pattern {pattern._source} nests too deep.");
                        }

                        int end = Match(step + 1, at, depth + 1);
                        matched = end >= 0 != (s.Operation == PatternOperation.NotAhead);
                        at = matched && s.Operation == PatternOperation.Atomic ? end : at;
                        step = s.Next;
                        break;
                    default:
                        matched = Holds(in s, at);
                        step++;
                        break;
                }

                if (!matched && !Back(bottom, ref step, ref at))
                {
                    return -1;
                }
            }
        }

        private bool Take(in PatternStep s, int step, ref int at)
        {
            int taken = 0, place = at, least = s.Minimum == 0 ? at : -1;
            CodePointSet set = s.Set!;
            while (place < _text.Length && taken < s.Maximum)
            {
                int codePoint = CodePoints.At(_text, place, out int length);
                if (!set.Contains(codePoint))
                {
                    break;
                }

                place += length;
                if (++taken == s.Minimum)
                {
                    least = place;
                }
            }

            Budget -= taken >> 2;
            if (taken < s.Minimum)
            {
                return false;
            }

            if (place > least && s.Operation == PatternOperation.Greedy)
            {
                Push(step + 1, place, least);
            }

            at = place;
            return true;
        }

        private bool TakeFew(in PatternStep s, int step, ref int at)
        {
            for (int i = 0; i < s.Minimum; i++)
            {
                if (at >= _text.Length || !s.Set!.Contains(CodePoints.At(_text, at, out int length)))
                {
                    return false;
                }

                at += length;
            }

            if (s.Maximum > s.Minimum)
            {
                Push(step, at, -2 - Math.Min(s.Maximum - s.Minimum, int.MaxValue - 2));
            }

            return true;
        }

        private bool Back(int bottom, ref int step, ref int at)
        {
            while (_top > bottom)
            {
                _top -= 3;
                (step, at, int least) = (Frames[_top], Frames[_top + 1], Frames[_top + 2]);
                if (least == -1)
                {
                    return true;
                }

                if (least >= 0)
                {
                    at = CodePoints.Before(_text, at);
                    if (at > least)
                    {
                        Push(step, at, least);
                    }

                    return true;
                }

                if (at < _text.Length && _steps[step].Set!.Contains(CodePoints.At(_text, at, out int length)))
                {
                    at += length;
                    if (least < -3)
                    {
                        Push(step, at, least + 1);
                    }

                    step++;
                    return true;
                }
            }

            return false;
        }

        private readonly bool Holds(in PatternStep s, int at) => s.Operation switch
        {
            PatternOperation.LineStart => at == 0 || _text[at - 1] == '\n',
            PatternOperation.LineEnd => at == _text.Length || _text[at] == '\n',
            PatternOperation.TextStart => at == 0,
            PatternOperation.TextEnd => at == _text.Length,
            _ => (WordAt(at) != (at > 0 && WordAt(CodePoints.Before(_text, at)))) == (s.Minimum == 0),
        };

        private readonly bool WordAt(int at) => at < _text.Length && CodePoints.IsWord(CodePoints.At(_text, at, out _));

        private readonly int CodePointLength(int at)
        {
            CodePoints.At(_text, at, out int length);
            return length;
        }

        private void Push(int step, int at, int least)
        {
            if (_top + 3 > Frames.Length)
            {
                if (_top > FrameLimit)
                {
                    throw new TokenizerException($"The pattern {pattern._source} keeps more than {FrameLimit / 3} ways open.");
                }

                int[] larger = ArrayPool<int>.Shared.Rent(Frames.Length * 2);
                Frames.AsSpan(0, _top).CopyTo(larger);
                ArrayPool<int>.Shared.Return(Frames);
                Frames = larger;
            }

            Frames[_top] = step;
            Frames[_top + 1] = at;
            Frames[_top + 2] = least;
            _top += 3;
        }
    }
}
