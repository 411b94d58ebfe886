namespace Temperament.Models.Text;

/// <summary>A conversation with its last answer as training tokens.</summary>
/// <param name="Tokens">Token ids.</param>
/// <param name="IsAnswer">Which of them are the answer's text.</param>
/// <param name="StopIndex">Index of the terminator; -1 where the template writes none.</param>
public sealed record ChatExample(int[] Tokens, bool[] IsAnswer, int StopIndex);

/// <summary>
/// Turns conversations into tokens by the model's own template, for training and for generation alike. Where the answer lies and what ends
/// it is found by rendering with and without the answer, so a template needs no marks.
/// </summary>
public sealed class ChatEncoder
{
    private readonly Tokenizer _tokenizer;
    private readonly ChatTemplate _template;
    private readonly ChatTemplateVariables _variables;
    private readonly Lazy<int?> _stop;

    /// <summary>Joins a tokenizer and a template.</summary>
    /// <param name="tokenizer">Tokenizer.</param>
    /// <param name="template">Template.</param>
    public ChatEncoder(Tokenizer tokenizer, ChatTemplate template)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(template);
        _tokenizer = tokenizer;
        _template = template;
        _variables = new ChatTemplateVariables { Strings = tokenizer.NamedTokens };
        _stop = new Lazy<int?>(() =>
        {
            ChatExample example = EncodeExample([new ChatMessage("user", "Hello"), new ChatMessage("assistant", "Hello")]);
            return example.StopIndex < 0 ? null : example.Tokens[example.StopIndex];
        });
    }

    /// <summary>Hash of the template.</summary>
    public string TemplateHash => _template.Hash;

    /// <summary>The token that ends a turn of the assistant, found by rendering; null where the template writes none.</summary>
    public int? StopToken => _stop.Value;

    /// <summary>Text of a conversation up to where the assistant's next answer begins.</summary>
    /// <param name="messages">Turns in order.</param>
    public string RenderPrompt(IReadOnlyList<ChatMessage> messages) => _template.Render(messages, addGenerationPrompt: true, _variables);

    /// <summary>Tokens of a conversation up to where the assistant's next answer begins.</summary>
    /// <param name="messages">Turns in order.</param>
    public int[] EncodePrompt(IReadOnlyList<ChatMessage> messages) => _tokenizer.Encode(RenderPrompt(messages));

    /// <summary>Tokens of a conversation whose last turn is an answer to be learned.</summary>
    /// <param name="messages">Turns in order; the last is the assistant's.</param>
    /// <exception cref="TemplateException">The template does not write the answer behind its own generation prompt.</exception>
    public ChatExample EncodeExample(IReadOnlyList<ChatMessage> messages)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ArgumentOutOfRangeException.ThrowIfLessThan(messages.Count, 1);
        string prompt = RenderPrompt([.. messages.Take(messages.Count - 1)]);
        RenderedChat chat = _template.RenderSpans(messages, addGenerationPrompt: false, _variables);
        int end = AnswerEnd(prompt, chat, messages[^1].Content.Trim());
        int[] head = _tokenizer.Encode(prompt);
        TokenizedText all = _tokenizer.EncodeSpans(chat.Text);
        if (!Continues(all, head, prompt.Length))
        {
            // A token of the whole text lies across the border; generation never sees it, so learning must not either.
            TokenizedText rest = _tokenizer.EncodeContinuation(chat.Text[prompt.Length..]);
            all = new TokenizedText([.. head, .. rest.Ids],
                [.. new TextSpan[head.Length], .. rest.Spans.Select(s => new TextSpan(s.Start + prompt.Length, s.End + prompt.Length))]);
        }

        int behind = Array.FindIndex(all.Spans, head.Length, s => s.Start >= end);
        behind = behind < 0 ? all.Ids.Length : behind;
        var isAnswer = new bool[all.Ids.Length];
        isAnswer.AsSpan(head.Length, behind - head.Length).Fill(true);
        return new ChatExample(all.Ids, isAnswer, Array.FindIndex(all.Ids, behind, _tokenizer.IsSpecial));
    }

    // Where the answer ends in the text; it must begin with the prompt that stands before the answer when the model speaks.
    private int AnswerEnd(string prompt, RenderedChat chat, string answer)
    {
        if (chat.Text.StartsWith(prompt, StringComparison.Ordinal))
        {
            if (answer.Length > 0 && chat.AnswerSpans.Count > 0 && chat.AnswerSpans[^1].Start >= prompt.Length)
            {
                return chat.AnswerSpans[^1].End;
            }

            int at = chat.Text.IndexOf(answer, prompt.Length, StringComparison.Ordinal);
            if (at >= 0)
            {
                return at + answer.Length;
            }
        }

        throw new TemplateException($"{_template.Name}: the conversation with its answer does not begin with the prompt for that answer, "
            + "so training and generation would differ. Take a template whose generation prompt opens the assistant's turn as it is written.");
    }

    private static bool Continues(TokenizedText all, int[] head, int border) =>
        all.Ids.AsSpan().StartsWith(head) && (all.Ids.Length == head.Length || all.Spans[head.Length].Start >= border);
}
