using System.Text.Json;
using Temperament.Models.Text;
using Temperament.ModelTests.Support;
using Xunit;

namespace Temperament.ModelTests.Models.Text;

/// <summary>Every real template with every kind of vocabulary: learning sees the tokens that generation sees, and knows which are the answer.</summary>
public sealed class ChatEncoderOracleTests(ITestOutputHelper output)
{
    private const string Question = "What do you think of music?", Answer = "I love it 🙂, it's bright!";

    public static TheoryData<string> Sets =>
        ["bpe-gpt2", "bpe-llama3", "bpe-qwen2", "smollm2", "spbpe-llama2-legacy", "spbpe-llama2", "spbpe-llama2-always", "spbpe-gemma", "unigram-byte"];

    [Theory]
    [MemberData(nameof(Sets))]
    public void Training_begins_with_the_tokens_of_the_prompt_and_marks_the_answer(string set)
    {
        string folder = Oracles.Shared("oracles", "tokenizers", set);
        Tokenizer tokenizer = Tokenizer.FromJson(File.ReadAllBytes(Path.Combine(folder, "tokenizer.json")), name: set);
        int examples = 0, whole = 0, refused = 0;
        foreach (string templateFolder in Templates())
        {
            ChatTemplate template = ChatTemplate.Parse(File.ReadAllText(Path.Combine(templateFolder, "template.jinja")), Path.GetFileName(templateFolder));
            var encoder = new ChatEncoder(tokenizer, template);
            ChatMessage[] turns = [new("user", Question), new("assistant", Answer)];
            ChatExample example;
            try
            {
                example = encoder.EncodeExample(turns);
            }
            catch (TemplateException)
            {
                refused++;
                continue;
            }

            examples++;
            int[] prompt = encoder.EncodePrompt(turns[..1]);
            Assert.Equal(prompt, example.Tokens[..prompt.Length]);
            Assert.DoesNotContain(true, example.IsAnswer[..prompt.Length]);
            string said = tokenizer.Decode([.. example.Tokens.Where((_, i) => example.IsAnswer[i])]);
            // Some templates write an empty thought before the answer, which the model has to write too.
            Assert.EndsWith(tokenizer.Decode(tokenizer.Encode(Answer)).Trim(), said.TrimEnd(), StringComparison.Ordinal);
            whole += example.Tokens.SequenceEqual(tokenizer.Encode(Whole(template, turns))) ? 1 : 0;
        }

        output.WriteLine($"{set}: {examples} templates, {whole} equal to the tokens of the whole text, {refused} refused");
        Assert.True(examples > 20, $"only {examples} templates took the conversation");
    }

    [Fact]
    public void What_ends_a_turn_is_found_by_rendering()
    {
        foreach (string folder in Templates())
        {
            using JsonDocument settings = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "template.json")));
            ChatTemplate template = ChatTemplate.Parse(File.ReadAllText(Path.Combine(folder, "template.jinja")), Path.GetFileName(folder));
            var variables = new ChatTemplateVariables
            {
                Strings = new[] { "bos_token", "eos_token" }.Where(n => settings.RootElement.GetProperty(n).ValueKind == JsonValueKind.String)
                    .ToDictionary(n => n, n => settings.RootElement.GetProperty(n).GetString()!),
                Now = new DateTimeOffset(2024, 3, 5, 16, 7, 8, TimeSpan.Zero),
            };
            if (settings.RootElement.GetProperty("after_assistant").GetString() is { } expected)
            {
                RenderedChat chat = template.RenderSpans([new("user", Question), new("assistant", Answer)], false, variables);
                Assert.Equal((template.Name, expected), (template.Name, chat.Text[chat.AnswerSpans[^1].End..]));
            }
        }
    }

    private static string Whole(ChatTemplate template, ChatMessage[] turns) => template.Render(turns, addGenerationPrompt: false);

    private static IEnumerable<string> Templates() =>
        Directory.GetDirectories(Oracles.Shared("oracles", "templates")).Where(d => File.Exists(Path.Combine(d, "template.jinja"))).Order();
}
