using System.Buffers;

namespace Temperament.Models.Text;

/// <summary>A part of a text: one added token, or plain text without any.</summary>
/// <param name="Token">The token; null for plain text.</param>
/// <param name="Start">First UTF-16 unit.</param>
/// <param name="End">Behind the last unit.</param>
internal readonly record struct AddedPart(AddedToken? Token, int Start, int End);

/// <summary>Finds added tokens in a text: the leftmost first, of those that begin at one place the longest.</summary>
internal sealed class AddedTokenFinder
{
    private readonly Dictionary<char, List<(string Form, AddedToken Token)>> _byFirst = [];
    private readonly SearchValues<char> _firsts;

    /// <summary>Makes a finder.</summary>
    /// <param name="tokens">Tokens, each with the form in which it is looked for; a form that occurs twice means the last.</param>
    public AddedTokenFinder(IEnumerable<(string Form, AddedToken Token)> tokens)
    {
        foreach ((string form, AddedToken token) in tokens)
        {
            if (form.Length == 0)
            {
                continue;
            }

            if (!_byFirst.TryGetValue(form[0], out List<(string Form, AddedToken Token)>? list))
            {
                _byFirst[form[0]] = list = [];
            }

            list.RemoveAll(other => other.Form == form);
            list.Add((form, token));
        }

        foreach (List<(string Form, AddedToken Token)> list in _byFirst.Values)
        {
            list.Sort((a, b) => b.Form.Length.CompareTo(a.Form.Length));
        }

        _firsts = SearchValues.Create(_byFirst.Keys.ToArray());
    }

    /// <summary>Cuts a text into parts with and without an added token.</summary>
    /// <param name="text">Text.</param>
    /// <param name="parseSpecial">Whether special tokens count; if not they stay text.</param>
    /// <param name="parts">Parts in order; a token that takes white space may overlap the one before it.</param>
    public void Split(string text, bool parseSpecial, List<AddedPart> parts)
    {
        int done = 0, at = 0;
        while (at < text.Length)
        {
            int skip = text.AsSpan(at).IndexOfAny(_firsts);
            if (skip < 0)
            {
                break;
            }

            at += skip;
            (string form, AddedToken? token) = Longest(text, at);
            if (token is null)
            {
                at++;
                continue;
            }

            int start = at, end = at + form.Length;
            at = end;
            if ((token.Special && !parseSpecial) || (token.SingleWord && !StandsAlone(text, start, end)))
            {
                continue;
            }

            if (token.LeftStrip)
            {
                start = Math.Max(start - TrailingSpace(text.AsSpan(0, start)), done);
            }

            if (token.RightStrip)
            {
                end += text.Length - end - text.AsSpan(end).TrimStart().Length;
            }

            if (done < start)
            {
                parts.Add(new AddedPart(null, done, start));
            }

            parts.Add(new AddedPart(token, start, end));
            done = end;
        }

        if (done != text.Length)
        {
            parts.Add(new AddedPart(null, done, text.Length));
        }
    }

    private (string Form, AddedToken? Token) Longest(string text, int at)
    {
        foreach ((string form, AddedToken token) in _byFirst[text[at]])
        {
            if (string.CompareOrdinal(text, at, form, 0, form.Length) == 0)
            {
                return (form, token);
            }
        }

        return ("", null);
    }

    private static int TrailingSpace(ReadOnlySpan<char> before) => before.Length - before.TrimEnd().Length;

    private static bool StandsAlone(string text, int start, int end) =>
        (start == 0 || !CodePoints.IsWord(CodePoints.At(text, CodePoints.Before(text, start), out _)))
        && (end == text.Length || !CodePoints.IsWord(CodePoints.At(text, end, out _)));
}
