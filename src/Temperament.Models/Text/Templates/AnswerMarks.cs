using System.Text;

namespace Temperament.Models.Text.Templates;

/// <summary>
/// Finds in a rendered conversation what the assistant said. The conversation is rendered once more with two private characters in the
/// content of each message of the assistant, one before its first and one behind its last character that is not white space, so that
/// whatever trims the content trims it as before. Where the text without them is the same, they show where the content stands.
/// </summary>
internal static class AnswerMarks
{
    // Supplementary private use area A: no template and no talk has a use for it.
    private const int FirstMark = 0xF0000, LastMark = 0xFFFFD;

    /// <summary>The parts of a text.</summary>
    /// <param name="template">Template.</param>
    /// <param name="scope">Variables that it was rendered with.</param>
    /// <param name="messages">Messages that it was rendered with.</param>
    /// <param name="rendered">The text.</param>
    public static IReadOnlyList<TextSpan> Find(ChatTemplate template, Scope scope, List<object?> messages, string rendered)
    {
        var answers = new List<string>();
        List<object?> marked = [.. messages.Select(m => Marked(m, answers))];
        if (answers.Count == 0 || FirstMark + (answers.Count * 2) > LastMark || rendered.Contains('\uDB80', StringComparison.Ordinal))
        {
            return [];
        }

        scope.Set("messages", new TemplateList(marked));
        Dictionary<int, int> places = [];
        try
        {
            places = Places(template.Run(scope).Text, rendered);
        }
        catch (TemplateException)
        {
            // A template that looks into the content may refuse the marks; then the content is looked for as it is.
            places.Clear();
        }
        finally
        {
            scope.Set("messages", new TemplateList(messages));
        }

        var spans = new List<TextSpan>();
        for (int i = 0; i < answers.Count; i++)
        {
            if (places.TryGetValue(2 * i, out int start) && places.TryGetValue((2 * i) + 1, out int end) && start <= end)
            {
                spans.Add(new TextSpan(start, end));
            }
            else if (rendered.IndexOf(answers[i], StringComparison.Ordinal) is >= 0 and int only
                && only == rendered.LastIndexOf(answers[i], StringComparison.Ordinal))
            {
                spans.Add(new TextSpan(only, only + answers[i].Length));
            }
        }

        return spans;
    }

    private static object? Marked(object? message, List<string> answers)
    {
        if (message is not TemplateDictionary entry || !entry.TryGet("role", out object? role) || role is not "assistant"
            || !entry.TryGet("content", out object? content) || content is not string text)
        {
            return message;
        }

        string answer = PythonText.Strip(text, null, true, true);
        if (answer.Length == 0)
        {
            return message;
        }

        int start = text.IndexOf(answer, StringComparison.Ordinal), mark = FirstMark + (answers.Count * 2);
        answers.Add(answer);
        TemplateDictionary copy = entry.Copy();
        copy["content"] = $"{text[..start]}{char.ConvertFromUtf32(mark)}{answer}{char.ConvertFromUtf32(mark + 1)}{text[(start + answer.Length)..]}";
        return copy;
    }

    // Where each mark stands in the text without marks; nothing where that text is another, or a mark stands in it twice.
    private static Dictionary<int, int> Places(string text, string expected)
    {
        var places = new Dictionary<int, int>();
        var plain = new StringBuilder(text.Length);
        bool once = true;
        for (int at = 0; at < text.Length;)
        {
            int point = Text.CodePoints.At(text, at, out int length);
            if (point is >= FirstMark and <= LastMark)
            {
                once &= places.TryAdd(point - FirstMark, plain.Length);
            }
            else
            {
                plain.Append(text, at, length);
            }

            at += length;
        }

        return once && plain.Equals(expected) ? places : [];
    }
}
