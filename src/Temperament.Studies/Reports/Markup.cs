using System.Text;

namespace Temperament.Studies.Reports;

/// <summary>Makes any text safe inside HTML, SVG and Markdown. Answers are model output and may hold markup of any kind.</summary>
internal static class Markup
{
    /// <summary>
    /// The text as content or quoted attribute of HTML and SVG. Characters that XML forbids become the replacement character.
    /// </summary>
    public static string Escape(string text)
    {
        StringBuilder escaped = new(text.Length + 16);
        foreach (Rune rune in text.EnumerateRunes())
        {
            _ = rune.Value switch
            {
                '&' => escaped.Append("&amp;"),
                '<' => escaped.Append("&lt;"),
                '>' => escaped.Append("&gt;"),
                '"' => escaped.Append("&quot;"),
                '\'' => escaped.Append("&#39;"),
                '\n' or '\t' => escaped.Append((char)rune.Value),
                < ' ' or 0x7f or 0xfffe or 0xffff => escaped.Append('\ufffd'),
                _ => escaped.Append(rune.ToString()),
            };
        }

        return escaped.ToString();
    }

    /// <summary>The text as content of a Markdown paragraph or table cell: one line, and nothing in it is markup.</summary>
    public static string EscapeMarkdown(string text)
    {
        string line = text.ReplaceLineEndings(" ").Replace('\t', ' ').Replace('\u00a0', ' ');
        StringBuilder escaped = new(line.Length + 16);
        for (int place = 0; place < line.Length; place++)
        {
            char character = line[place];
            char next = place + 1 < line.Length ? line[place + 1] : ' ';
            if (character < ' ' || character == 0x7f)
            {
                escaped.Append('\ufffd');
                continue;
            }

            bool isMarkup = character switch
            {
                '\\' or '`' or '*' or '_' or '|' or '~' => true,
                ']' => next is '(' or '[' or ':',
                '<' => char.IsAsciiLetter(next) || next is '/' or '!' or '?',
                '&' => char.IsAsciiLetter(next) || next == '#',
                '#' or '>' or '+' or '-' => place == 0 && next == ' ',
                _ => false,
            };
            escaped.Append(isMarkup ? "\\" : "").Append(character);
        }

        return escaped.ToString();
    }
}
