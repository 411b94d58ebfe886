using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Temperament.Models.Text.Templates;

namespace Temperament.Models.Text;

/// <summary>
/// The chat template of a model: turns messages into the text that the model was trained on. An interpreter of the subset of Jinja
/// that such templates use, bounded in steps and memory, that reaches nothing but its own values.
/// https://huggingface.co/docs/transformers/chat_templating
/// </summary>
public sealed class ChatTemplate
{
    private readonly IReadOnlyList<Statement> _body;

    private ChatTemplate(string source, string name, IReadOnlyList<Statement> body)
    {
        Source = source;
        Name = name;
        _body = body;
        Hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(source)));
    }

    /// <summary>The template as it was written.</summary>
    public string Source { get; }

    /// <summary>File or model, for errors.</summary>
    public string Name { get; }

    /// <summary>SHA-256 of the source in UTF-8, in hexadecimal.</summary>
    public string Hash { get; }

    /// <summary>Parses a template.</summary>
    /// <param name="jinja">The template.</param>
    /// <param name="name">File or model, for errors.</param>
    /// <exception cref="TemplateException">The template is not right.</exception>
    public static ChatTemplate Parse(string jinja, string name)
    {
        ArgumentNullException.ThrowIfNull(jinja);
        try
        {
            return new ChatTemplate(jinja, name, TemplateParser.Parse(jinja));
        }
        catch (TemplateException e)
        {
            throw new TemplateException($"{name}: {e.Message}", e.IsRaised, e);
        }
    }

    /// <summary>Renders messages.</summary>
    /// <param name="messages">Turns in order.</param>
    /// <param name="addGenerationPrompt">Whether the text ends with the opening of the assistant's turn.</param>
    /// <param name="variables">What the template may use besides; null for nothing.</param>
    /// <exception cref="TemplateException">The template refuses the messages, is not right, or takes too much work.</exception>
    public string Render(IReadOnlyList<ChatMessage> messages, bool addGenerationPrompt, ChatTemplateVariables? variables = null)
    {
        (Scope scope, _) = Prepare(messages, addGenerationPrompt, variables);
        return Run(scope).Text;
    }

    /// <summary>Renders messages and finds in the text what the assistant said, whether the template marks it or not.</summary>
    /// <param name="messages">Turns in order.</param>
    /// <param name="addGenerationPrompt">Whether the text ends with the opening of the assistant's turn.</param>
    /// <param name="variables">What the template may use besides; null for nothing.</param>
    /// <exception cref="TemplateException">The template refuses the messages, is not right, or takes too much work.</exception>
    public RenderedChat RenderSpans(IReadOnlyList<ChatMessage> messages, bool addGenerationPrompt, ChatTemplateVariables? variables = null)
    {
        (Scope scope, List<object?> list) = Prepare(messages, addGenerationPrompt, variables);
        return RunSpans(scope, list);
    }

    private static (Scope Scope, List<object?> Messages) Prepare(
        IReadOnlyList<ChatMessage> messages, bool addGenerationPrompt, ChatTemplateVariables? variables)
    {
        ArgumentNullException.ThrowIfNull(messages);
        variables ??= new ChatTemplateVariables();
        var list = new List<object?>(messages.Count);
        foreach (ChatMessage message in messages)
        {
            var entry = new TemplateDictionary();
            entry["role"] = message.Role;
            entry["content"] = message.Content;
            list.Add(entry);
        }

        Scope scope = Globals(variables.Now);
        foreach ((string name, string value) in variables.Strings)
        {
            scope.Set(name, value);
        }

        scope.Set("messages", new TemplateList(list));
        scope.Set("add_generation_prompt", addGenerationPrompt);
        return (scope, list);
    }

    /// <summary>Renders a request in JSON: <c>messages</c>, the template's other variables, and optionally <c>continue_final_message</c>
    /// and <c>now</c>, the clock of <c>strftime_now</c> in ISO 8601.</summary>
    /// <param name="request">An object.</param>
    /// <param name="variables">Variables that the request does not set; null for none.</param>
    /// <exception cref="TemplateException">The template refuses the messages, is not right, or takes too much work.</exception>
    public RenderedChat RenderJson(JsonElement request, ChatTemplateVariables? variables = null) =>
        new TemplateRequest(request, variables ?? new ChatTemplateVariables()).Render(this);

    /// <summary>As <see cref="RenderJson"/>, and finds what the assistant said; see <see cref="RenderSpans"/>.</summary>
    /// <param name="request">An object.</param>
    /// <param name="variables">Variables that the request does not set; null for none.</param>
    /// <exception cref="TemplateException">The template refuses the messages, is not right, or takes too much work.</exception>
    public RenderedChat RenderJsonSpans(JsonElement request, ChatTemplateVariables? variables = null) =>
        new TemplateRequest(request, variables ?? new ChatTemplateVariables()) { Locates = true }.Render(this);

    internal RenderedChat RunSpans(Scope scope, List<object?> messages)
    {
        RenderedChat chat = Run(scope);
        return chat with { AnswerSpans = AnswerMarks.Find(this, scope, messages, chat.Text) };
    }

    internal static Scope Globals(DateTimeOffset? now)
    {
        var scope = new Scope(null);
        Callables.AddTo(scope, now);
        scope.Set("tools", null);
        scope.Set("documents", null);
        return scope;
    }

    internal RenderedChat Run(Scope globals)
    {
        TemplateBudget.BeginWork();
        var context = new RenderContext(new Scope(globals));
        try
        {
            context.Run(_body);
            return new RenderedChat(context.Output.ToString(), [.. context.GenerationSpans.Select(s => new TextSpan(s.Start, s.End))]);
        }
        catch (TemplateException e)
        {
            throw new TemplateException($"{Name}: {e.Message}", e.IsRaised, e);
        }
    }
}
