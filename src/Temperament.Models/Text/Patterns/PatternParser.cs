using System.Globalization;

namespace Temperament.Models.Text.Patterns;

/// <summary>
/// Compiles the regular expressions of tokenizers (Oniguruma's Ruby syntax, over code points): alternation, groups, sets, properties,
/// greedy, lazy and possessive repetition, lookahead, case folding, anchors. Captures, references and lookbehind are refused by name.
/// </summary>
internal sealed class PatternParser
{
    private const int MaxSteps = 20_000;
    private const int MaxDepth = 64;
    private const int NoLimit = int.MaxValue;

    private readonly string _pattern;
    private readonly List<PatternStep> _steps = [];
    private int _at;
    private int _depth;
    private bool _ignoreCase;

    private PatternParser(string pattern)
    {
        _pattern = pattern;
    }

    public static PatternStep[] Parse(string pattern)
    {
        var parser = new PatternParser(pattern);
        parser.Alternatives();
        if (parser._at < pattern.Length)
        {
            throw parser.Wrong("a ) without its (");
        }

        parser.Add(new PatternStep { Operation = PatternOperation.Done });
        return [.. parser._steps];
    }

    // Alternatives become a chain: Fork(first, rest), and each ends with a jump behind the last.
    private void Alternatives()
    {
        if (++_depth > MaxDepth)
        {
            throw Wrong($"groups nested more than {MaxDepth} deep");
        }

        bool outer = _ignoreCase;
        var ends = new List<int>();
        while (true)
        {
            int start = _steps.Count;
            Sequence();
            if (_at >= _pattern.Length || _pattern[_at] != '|')
            {
                break;
            }

            _at++;
            Insert(start, new PatternStep { Operation = PatternOperation.Fork, Next = start + 1 });
            ends.Add(_steps.Count);
            Add(new PatternStep { Operation = PatternOperation.Jump });
            _steps[start] = _steps[start] with { Other = _steps.Count };
        }

        foreach (int end in ends)
        {
            _steps[end] = _steps[end] with { Next = _steps.Count };
        }

        _ignoreCase = outer;
        _depth--;
    }

    private void Sequence()
    {
        while (_at < _pattern.Length && _pattern[_at] is not ('|' or ')'))
        {
            int start = _steps.Count;
            if (Atom())
            {
                Repetition(start);
            }
        }
    }

    // Returns whether a repetition may follow.
    private bool Atom()
    {
        char c = _pattern[_at];
        switch (c)
        {
            case '(':
                return Group();
            case '[':
                _at++;
                Take(new PatternSetParser(_pattern, _ignoreCase).Parse(ref _at));
                return true;
            case '.':
                _at++;
                var line = new CodePointSet { IsNegated = true };
                line.AddRange('\n', '\n');
                Take(line.Seal(false));
                return true;
            case '^':
            case '$':
                _at++;
                Add(new PatternStep { Operation = c == '^' ? PatternOperation.LineStart : PatternOperation.LineEnd });
                return false;
            case '*' or '+' or '?':
                throw Wrong($"{c} with nothing to repeat");
            case '\\':
                return Escape();
            default:
                int codePoint = CodePoints.At(_pattern, _at, out int length);
                _at += length;
                Literal(codePoint);
                return true;
        }
    }

    private bool Escape()
    {
        char c = _at + 1 < _pattern.Length ? _pattern[_at + 1] : '\0';
        PatternOperation? anchor = c switch
        {
            'A' => PatternOperation.TextStart,
            'z' => PatternOperation.TextEnd,
            'b' or 'B' => PatternOperation.WordBoundary,
            _ => null,
        };
        if (anchor is { } operation)
        {
            _at += 2;
            Add(new PatternStep { Operation = operation, Minimum = c == 'B' ? 1 : 0 });
            return false;
        }

        var sets = new PatternSetParser(_pattern, _ignoreCase);
        if (sets.Class(ref _at) is { } set)
        {
            Take(set);
        }
        else
        {
            Literal(sets.Character(ref _at));
        }

        return true;
    }

    private bool Group()
    {
        _at++;
        bool outer = _ignoreCase;
        PatternOperation? looks = null;
        if (Skip("?:"))
        {
        }
        else if (Skip("?="))
        {
            looks = PatternOperation.Ahead;
        }
        else if (Skip("?!"))
        {
            looks = PatternOperation.NotAhead;
        }
        else if (Skip("?>"))
        {
            looks = PatternOperation.Atomic;
        }
        else if (Skip("?i:"))
        {
            _ignoreCase = true;
        }
        else if (Skip("?i)"))
        {
            _ignoreCase = true;
            return false;
        }
        else if (_at < _pattern.Length && _pattern[_at] == '?')
        {
            throw Wrong("a kind of group that is not known here");
        }

        int start = _steps.Count;
        if (looks is { } operation)
        {
            Add(new PatternStep { Operation = operation });
        }

        Alternatives();
        if (!Skip(")"))
        {
            throw Wrong("a ( without its )");
        }

        if (looks is not null)
        {
            Add(new PatternStep { Operation = PatternOperation.Done });
            _steps[start] = _steps[start] with { Next = _steps.Count };
        }

        _ignoreCase = outer;
        return looks is null or PatternOperation.Atomic;
    }

    private void Repetition(int start)
    {
        while (ReadCount(out int minimum, out int maximum))
        {
            PatternOperation kind = Skip("?") ? PatternOperation.Lazy : Skip("+") ? PatternOperation.Possessive : PatternOperation.Greedy;
            PatternStep only = _steps.Count == start + 1 ? _steps[start] : default;
            if (only is { Operation: PatternOperation.Greedy, Minimum: 1, Maximum: 1 })
            {
                _steps[start] = only with { Operation = kind, Minimum = minimum, Maximum = maximum };
            }
            else
            {
                RepeatSteps(start, minimum, maximum, kind);
            }
        }
    }

    private bool ReadCount(out int minimum, out int maximum)
    {
        (minimum, maximum) = (0, NoLimit);
        switch (_at < _pattern.Length ? _pattern[_at] : '\0')
        {
            case '*':
                _at++;
                return true;
            case '+':
                _at++;
                minimum = 1;
                return true;
            case '?':
                _at++;
                maximum = 1;
                return true;
            case '{':
                int close = _pattern.IndexOf('}', _at);
                string[] parts = close < 0 ? [] : _pattern[(_at + 1)..close].Split(',');
                if (parts.Length is < 1 or > 2 || !int.TryParse(parts[0].Length == 0 ? "0" : parts[0], CultureInfo.InvariantCulture, out minimum)
                    || (parts is [_, { Length: > 0 }] && !int.TryParse(parts[1], CultureInfo.InvariantCulture, out maximum)))
                {
                    throw Wrong("a { that is no count");
                }

                maximum = parts.Length == 1 ? minimum : maximum;
                if (minimum < 0 || maximum < minimum || minimum > 1000)
                {
                    throw Wrong("a count that is too large or turned around");
                }

                _at = close + 1;
                return true;
            default:
                return false;
        }
    }

    // Groups are copied: minimum times as they are, then optional copies, or a loop.
    private void RepeatSteps(int start, int minimum, int maximum, PatternOperation kind)
    {
        List<PatternStep> body = _steps.GetRange(start, _steps.Count - start);
        if (maximum == NoLimit && MayBeEmpty(body))
        {
            throw Wrong("a loop over something that may be empty");
        }

        _steps.RemoveRange(start, body.Count);
        bool atomic = kind == PatternOperation.Possessive;
        if (atomic)
        {
            Add(new PatternStep { Operation = PatternOperation.Atomic });
        }

        for (int i = 0; i < minimum; i++)
        {
            Copy(body, start);
        }

        if (maximum == NoLimit)
        {
            int fork = _steps.Count;
            Add(default);
            Copy(body, start);
            Add(new PatternStep { Operation = PatternOperation.Jump, Next = fork });
            _steps[fork] = Fork(fork + 1, _steps.Count, kind);
        }
        else
        {
            var forks = new List<int>();
            for (int i = minimum; i < maximum; i++)
            {
                forks.Add(_steps.Count);
                Add(default);
                Copy(body, start);
            }

            foreach (int fork in forks)
            {
                _steps[fork] = Fork(fork + 1, _steps.Count, kind);
            }
        }

        if (atomic)
        {
            Add(new PatternStep { Operation = PatternOperation.Done });
            _steps[start] = _steps[start] with { Next = _steps.Count };
        }
    }

    private static PatternStep Fork(int inside, int behind, PatternOperation kind) => kind == PatternOperation.Lazy
        ? new PatternStep { Operation = PatternOperation.Fork, Next = behind, Other = inside }
        : new PatternStep { Operation = PatternOperation.Fork, Next = inside, Other = behind };

    // A careful guess: only steps that surely take a code point on the straight way count.
    private static bool MayBeEmpty(List<PatternStep> body)
    {
        foreach (PatternStep step in body)
        {
            switch (step.Operation)
            {
                case PatternOperation.Letter:
                case PatternOperation.Greedy or PatternOperation.Lazy or PatternOperation.Possessive when step.Minimum > 0:
                    return false;
                case PatternOperation.Fork:
                    return AnyBranchMayBeEmpty(body);
            }
        }

        return true;
    }

    private static bool AnyBranchMayBeEmpty(List<PatternStep> body) => body.Any(step =>
        step.Operation is PatternOperation.Greedy or PatternOperation.Lazy or PatternOperation.Possessive && step.Minimum == 0)
        || body.All(step => step.Operation is not (PatternOperation.Letter or PatternOperation.Greedy));

    private void Copy(List<PatternStep> body, int from)
    {
        int shift = _steps.Count - from;
        foreach (PatternStep step in body)
        {
            bool jumps = step.Operation is PatternOperation.Fork or PatternOperation.Jump or PatternOperation.Ahead
                or PatternOperation.NotAhead or PatternOperation.Atomic;
            Add(jumps ? step with { Next = step.Next + shift, Other = step.Other + shift } : step);
        }
    }

    private void Insert(int index, PatternStep step)
    {
        _steps.Insert(index, step);
        for (int i = index + 1; i < _steps.Count; i++)
        {
            PatternStep moved = _steps[i];
            _steps[i] = moved with { Next = moved.Next + 1, Other = moved.Other + 1 };
        }
    }

    private void Literal(int codePoint)
    {
        if (_ignoreCase)
        {
            Add(new PatternStep { Operation = PatternOperation.Letter, Minimum = CodePoints.Fold(codePoint) });
            return;
        }

        var set = new CodePointSet();
        set.AddRange(codePoint, codePoint);
        Take(set.Seal(false));
    }

    private void Take(CodePointSet set) => Add(new PatternStep { Operation = PatternOperation.Greedy, Minimum = 1, Maximum = 1, Set = set });

    private void Add(PatternStep step)
    {
        if (_steps.Count >= MaxSteps)
        {
            throw Wrong($"more than {MaxSteps} steps");
        }

        _steps.Add(step);
    }

    private bool Skip(string text)
    {
        bool found = string.CompareOrdinal(_pattern, _at, text, 0, text.Length) == 0;
        _at += found ? text.Length : 0;
        return found;
    }

    private TokenizerException Wrong(string what) => PatternSetParser.Wrong(_pattern, _at, what);
}
