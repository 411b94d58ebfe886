using System.Globalization;
using System.Text.Json;

namespace Temperament.Models.Text.Templates;

/// <summary>A rendering that is asked for in JSON, with the small changes that the reference makes to messages.</summary>
internal sealed class TemplateRequest
{
    private const string Mark = "CONTINUE_FINAL_MESSAGE_TAG ";

    private readonly JsonElement _request;
    private readonly ChatTemplateVariables _variables;

    public TemplateRequest(JsonElement request, ChatTemplateVariables variables)
    {
        _request = request.ValueKind == JsonValueKind.Object ? request : throw new TemplateException("A request must be a JSON object.");
        _variables = variables;
    }

    /// <summary>Whether the assistant's words are looked for in the text.</summary>
    public bool Locates { get; init; }

    public RenderedChat Render(ChatTemplate template)
    {
        DateTimeOffset? now = _variables.Now;
        if (_request.TryGetProperty("now", out JsonElement clock))
        {
            now = clock.ValueKind == JsonValueKind.String
                && DateTimeOffset.TryParse(clock.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset given)
                ? given
                : throw new TemplateException("now must be a moment in ISO 8601.");
        }

        Scope scope = ChatTemplate.Globals(now);
        foreach ((string name, string value) in _variables.Strings)
        {
            scope.Set(name, value);
        }

        scope.Set("add_generation_prompt", false);
        foreach (JsonProperty property in _request.EnumerateObject())
        {
            if (property.Name is not ("now" or "continue_final_message" or "messages"))
            {
                scope.Set(property.Name, Value(property.Value));
            }
        }

        List<object?> messages = [];
        if (_request.TryGetProperty("messages", out JsonElement turns))
        {
            messages = Messages(turns);
            scope.Set("messages", new TemplateList(messages));
        }

        bool continues = _request.TryGetProperty("continue_final_message", out JsonElement flag) && flag.ValueKind == JsonValueKind.True;
        return continues ? Continue(template, scope, messages) : Locates ? template.RunSpans(scope, messages) : template.Run(scope);
    }

    private static List<object?> Messages(JsonElement messages)
    {
        if (messages.ValueKind != JsonValueKind.Array)
        {
            throw new TemplateException("messages must be a list.");
        }

        List<object?> list = [.. messages.EnumerateArray().Select(Value)];
        foreach (TemplateDictionary message in list.OfType<TemplateDictionary>())
        {
            AddReasoning(message);
        }

        return list;
    }

    // Models name the thoughts before an answer differently; templates find them under each of two names.
    private static void AddReasoning(TemplateDictionary message)
    {
        object? reasoning = null;
        foreach (string name in (string[])["reasoning_content", "thinking", "reasoning"])
        {
            reasoning ??= message.TryGet(name, out object? found) ? found : null;
        }

        if (reasoning is null)
        {
            return;
        }

        message["reasoning_content"] = reasoning;
        if (!message.TryGet("thinking", out _))
        {
            message["thinking"] = reasoning;
        }
    }

    private static RenderedChat Continue(ChatTemplate template, Scope scope, List<object?> messages)
    {
        if (messages.LastOrDefault() is not TemplateDictionary last || !last.TryGet("content", out object? content))
        {
            throw new TemplateException("continue_final_message needs a last message with content.");
        }

        string text;
        var marked = last.Copy();
        if (content is string plain)
        {
            text = plain;
            marked["content"] = plain + Mark;
        }
        else
        {
            (text, marked["content"]) = MarkLastPart(content);
        }

        messages[^1] = marked;
        RenderedChat rendered = template.Run(scope);
        int at = rendered.Text.LastIndexOf(Mark.Trim(), StringComparison.Ordinal);
        if (at < 0 || !rendered.Text.Contains(text.Trim(), StringComparison.Ordinal))
        {
            throw new TemplateException("continue_final_message is set, but the template does not show the last message.");
        }

        bool whole = string.CompareOrdinal(rendered.Text, at, Mark, 0, Mark.Length) == 0;
        string cut = rendered.Text[..at];
        return rendered with { Text = whole ? cut : PythonText.Strip(cut, null, false, true) };
    }

    private static (string Text, object? Content) MarkLastPart(object? content)
    {
        List<object?> parts = [.. Python.Items(content)];
        for (int i = parts.Count - 1; i >= 0; i--)
        {
            if (parts[i] is TemplateDictionary part && part.TryGet("text", out object? text) && text is string plain)
            {
                TemplateDictionary marked = part.Copy();
                marked["text"] = plain + Mark;
                parts[i] = marked;
                return (plain, new TemplateList(parts));
            }
        }

        throw new TemplateException("continue_final_message needs a last message with text.");
    }

    // A whole number that does not fit would be shown with other digits, which the model would read as another number.
    private static double Real(JsonElement number) => number.GetRawText() is var text && text.AsSpan().IndexOfAny('.', 'e', 'E') < 0
        ? throw new TemplateException($"The request has the whole number {(text.Length <= 40 ? text : string.Concat(text.AsSpan(0, 40), "…"))}, of more than 64 bits; give it as a text.")
        : number.GetDouble();

    private static object? Value(JsonElement element)
    {
        TemplateBudget.CheckStack();
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                return element.GetString();
            case JsonValueKind.Number:
                return element.TryGetInt64(out long whole) ? (object)whole : Real(element);
            case JsonValueKind.True or JsonValueKind.False:
                return element.ValueKind == JsonValueKind.True;
            case JsonValueKind.Array:
                return new TemplateList([.. element.EnumerateArray().Select(Value)]);
            case JsonValueKind.Object:
                var dictionary = new TemplateDictionary();
                foreach (JsonProperty property in element.EnumerateObject())
                {
                    dictionary[property.Name] = Value(property.Value);
                }

                return dictionary;
            default:
                return null;
        }
    }
}
