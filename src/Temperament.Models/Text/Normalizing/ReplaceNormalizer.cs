using System.Text;
using Temperament.Models.Text.Patterns;

namespace Temperament.Models.Text.Normalizing;

/// <summary>Replaces a fixed string.</summary>
internal sealed class ReplaceNormalizer(string old, string replacement) : INormalizer
{
    /// <inheritdoc/>
    public SourceText Normalize(SourceText source)
    {
        string text = source.Text;
        if (old.Length == 0 || !text.Contains(old, StringComparison.Ordinal))
        {
            return source;
        }

        if (old.Length == 1 && replacement.Length == 1)
        {
            // One unit for one: the places stay.
            return source with { Text = text.Replace(old[0], replacement[0]) };
        }

        var result = new Replacement(source);
        for (int at = 0; text.IndexOf(old, at, StringComparison.Ordinal) is >= 0 and int found; at = found + old.Length)
        {
            result.Put(found, old.Length, replacement);
        }

        return result.Finish();
    }
}

/// <summary>Replaces the matches of a pattern.</summary>
internal sealed class PatternNormalizer(Pattern pattern, string replacement) : INormalizer
{
    /// <inheritdoc/>
    public SourceText Normalize(SourceText source)
    {
        var result = new Replacement(source);
        bool changed = false;
        foreach ((int start, int length) in pattern.Matches(source.Text))
        {
            result.Put(start, length, replacement);
            changed = true;
        }

        return changed ? result.Finish() : source;
    }
}

/// <summary>A text in which some parts are replaced; what replaces a part belongs to the last character of it.</summary>
file sealed class Replacement(SourceText source)
{
    private readonly StringBuilder _result = new(source.Text.Length + 16);
    private readonly List<int>? _origins = source.Origins is null ? null : new List<int>(source.Text.Length + 16);
    private int _done;

    public void Put(int start, int length, string replacement)
    {
        source.CheckLength((long)_result.Length + replacement.Length + start - _done);
        Copy(start);
        _result.Append(replacement);
        _done = start + length;
        _origins?.AddRange(Enumerable.Repeat(source.Origins![_done - 1], replacement.Length));
    }

    public SourceText Finish()
    {
        Copy(source.Text.Length);
        source.CheckLength(_result.Length);
        _origins?.Add(source.Origins![^1]);
        return source with { Text = _result.ToString(), Origins = _origins?.ToArray() };
    }

    private void Copy(int end)
    {
        _result.Append(source.Text, _done, end - _done);
        _origins?.AddRange(source.Origins!.AsSpan(_done, end - _done));
    }
}
