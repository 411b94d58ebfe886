namespace Temperament.Models.Text.Templates;

/// <summary>A place in the text of a template, which counts the lines that it passes.</summary>
internal sealed class SourceCursor(string text)
{
    /// <summary>The whole text.</summary>
    public string Text { get; } = text;

    /// <summary>Index of the next character.</summary>
    public int At { get; private set; }

    /// <summary>Its line, from 1.</summary>
    public int Line { get; private set; } = 1;

    /// <summary>Goes on to an index, or to the end.</summary>
    public void Advance(int to)
    {
        to = Math.Min(to, Text.Length);
        Line += Text.AsSpan(At..to).Count('\n');
        At = to;
    }

    /// <summary>The first index from a place on that is no white space.</summary>
    public int SkipSpace(int at)
    {
        while (at < Text.Length && PythonText.IsSpace(Text[at]))
        {
            at++;
        }

        return at;
    }

    /// <summary>Whether some text stands at an index.</summary>
    public bool Stands(string text, int at) => string.CompareOrdinal(Text, at, text, 0, text.Length) == 0;

    /// <summary>An error at this line.</summary>
    public TemplateException Wrong(string what) => new($"line {Line}: {what}");
}
