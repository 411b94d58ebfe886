using System.Text;

namespace Temperament.Models.Text.Normalizing;

/// <summary>
/// Writes a new text over an old one, character by character, and keeps what each comes from as the Hugging Face library does: a character
/// either replaces the next one of the old text (and may take some behind it along), or is put in and belongs to the one before.
/// </summary>
internal sealed class TextRewriter
{
    private readonly SourceText _source;
    private readonly StringBuilder _result;
    private readonly List<int>? _origins;
    private int _at;

    /// <summary>Begins a text.</summary>
    /// <param name="source">The old text.</param>
    /// <param name="skipped">Code points at its start that nothing replaces.</param>
    public TextRewriter(SourceText source, int skipped = 0)
    {
        _source = source;
        _result = new StringBuilder(source.Text.Length + 16);
        if (source.Origins is not null)
        {
            _origins = new List<int>(source.Text.Length + 16);
            Advance(skipped);
        }
    }

    /// <summary>Writes one code point.</summary>
    /// <param name="codePoint">Code point; half of a surrogate pair stays as it is.</param>
    /// <param name="change">1: it is put in; 0: it replaces one; below 0: it also removes so many behind that one.</param>
    public void Put(int codePoint, int change)
    {
        int before = _result.Length;
        if (codePoint <= char.MaxValue)
        {
            _result.Append((char)codePoint);
        }
        else
        {
            _result.Append(new Rune(codePoint));
        }

        Track(_result.Length - before, change);
    }

    /// <summary>Ends the text.</summary>
    public SourceText Finish()
    {
        _source.CheckLength(_result.Length);
        _origins?.Add(_source.Origins![^1]);
        return _source with { Text = _result.ToString(), Origins = _origins?.ToArray() };
    }

    private void Track(int units, int change)
    {
        if ((_result.Length & 0xFFF) == 0)
        {
            _source.CheckLength(_result.Length);
        }

        if (_origins is null)
        {
            return;
        }

        int origin;
        if (change > 0)
        {
            origin = _at == 0 ? -1 : _source.Origins![_at - 1];
        }
        else
        {
            origin = _source.Origins![_at];
            Advance(1 - change);
        }

        for (int i = 0; i < units; i++)
        {
            _origins.Add(origin);
        }
    }

    private void Advance(int codePoints)
    {
        for (; codePoints > 0 && _at < _source.Text.Length; codePoints--)
        {
            CodePoints.At(_source.Text, _at, out int length);
            _at += length;
        }
    }
}
