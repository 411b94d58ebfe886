using System.Buffers;
using System.Runtime.CompilerServices;

namespace Temperament.Models.Text.Patterns;

/// <summary>
/// A regular expression over code points, matched by backtracking with a bound on the work: a hostile pattern gives a named exception,
/// never a run without end. (The regular expressions of .NET see UTF-16 units, so \p{L} misses every letter above U+FFFF.)
/// </summary>
internal sealed class Pattern
{
    private const int FrameLimit = 3 << 20;
    private const int MaxLookDepth = 64;
    private const long LeastBudget = 1_000_000, BudgetPerCharacter = 1000;

    private readonly PatternStep[] _steps;
    private readonly (ulong Low, ulong High)[] _firsts;
    private readonly string _source;

    /// <summary>Compiles a pattern.</summary>
    /// <exception cref="TokenizerException">The pattern is not right, or uses what tokenizers do not.</exception>
    public Pattern(string source)
    {
        _source = source;
        _steps = PatternParser.Parse(source);
        _firsts = FirstUnits.Of(_steps);
    }

    /// <summary>The matches in a text that are not empty, from left to right.</summary>
    public PatternMatches Matches(ReadOnlySpan<char> text) => new(this, text);

    /// <summary>Matches one after the other; they share one bound on the work.</summary>
    public ref struct PatternMatches
    {
        private readonly ReadOnlySpan<char> _text;
        private MatchRun _run;
        private int _at;

        internal PatternMatches(Pattern pattern, ReadOnlySpan<char> text)
        {
            _text = text;
            _run = new MatchRun(pattern, text, ArrayPool<int>.Shared.Rent(96), LeastBudget + (BudgetPerCharacter * text.Length));
        }

        /// <summary>Where the match stands.</summary>
        public (int Start, int Length) Current { get; private set; }

        public readonly PatternMatches GetEnumerator() => this;

        /// <summary>Looks for the next match.</summary>
        public bool MoveNext()
        {
            for (int start = _at; start < _text.Length; start += char.IsHighSurrogate(_text[start]) && start + 1 < _text.Length
                && char.IsLowSurrogate(_text[start + 1]) ? 2 : 1)
            {
                int end = _run.CanBegin(0, start) ? _run.Match(0, start, 0) : -1;
                if (end > start)
                {
                    Current = (start, end - start);
                    _at = end;
                    return true;
                }
            }

            _at = _text.Length;
            return false;
        }

        public readonly void Dispose() => ArrayPool<int>.Shared.Return(_run.Frames);
    }

    private ref struct MatchRun(Pattern pattern, ReadOnlySpan<char> text, int[] frames, long budget)
    {
        private readonly PatternStep[] _steps = pattern._steps;
        private readonly (ulong Low, ulong High)[] _firsts = pattern._firsts;
        private readonly ReadOnlySpan<char> _text = text;
        private int _top;

        public int[] Frames = frames;
        public long Budget = budget;

        // Whether a match from a step on is possible by its first character; true where that is not known.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly bool CanBegin(int step, int at)
        {
            if (at >= _text.Length || _text[at] >= 128)
            {
                return true;
            }

            int unit = _text[at];
            ref readonly (ulong Low, ulong High) first = ref _firsts[step];
            return (((unit < 64 ? first.Low : first.High) >> (unit & 63)) & 1) != 0;
        }

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
                        if (!CanBegin(s.Next, at))
                        {
                            step = s.Other;
                            break;
                        }

                        if (CanBegin(s.Other, at))
                        {
                            Push(s.Other, at, -1);
                        }

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
            (ulong low, ulong high) = set.Ascii;
            while (place < _text.Length && taken < s.Maximum)
            {
                int codePoint = _text[place], length = 1;
                bool contains = codePoint < 128
                    ? (((codePoint < 64 ? low : high) >> (codePoint & 63)) & 1) != 0
                    : set.Contains(CodePoints.At(_text, place, out length));
                if (!contains)
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
