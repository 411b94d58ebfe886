using System.Text.Json;
using Temperament.Models.Text;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Models.Text;

public sealed class ChatTemplateTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "tests", "golden", "templates");

    public static TheoryData<string> Templates => [.. Directory.GetFiles(Folder, "*.jinja").Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Templates))]
    public void A_real_template_renders_as_the_reference(string name)
    {
        ChatTemplate template = ChatTemplate.Parse(File.ReadAllText(Path.Combine(Folder, name + ".jinja")), name);
        foreach (string line in File.ReadLines(Path.Combine(Folder, name + ".jsonl")))
        {
            using JsonDocument json = JsonDocument.Parse(line);
            if (json.RootElement.TryGetProperty("expected_rendered", out JsonElement expected))
            {
                RenderedChat chat = template.RenderJson(json.RootElement);
                Assert.Equal(expected.GetString(), chat.Text);
                if (json.RootElement.TryGetProperty("expected_generation_spans", out JsonElement spans))
                {
                    Assert.Equal(spans.EnumerateArray().SelectMany(s => s.EnumerateArray()).Select(n => n.GetInt32()), Flat(chat.GenerationSpans));
                }
            }
            else
            {
                Assert.Throws<TemplateException>(() => template.RenderJson(json.RootElement));
            }
        }
    }

    [Fact]
    public void The_language_behaves_as_the_reference()
    {
        foreach (string line in File.ReadLines(Path.Combine(Folder, "language.jsonl")))
        {
            using JsonDocument json = JsonDocument.Parse(line);
            JsonElement c = json.RootElement;
            string source = c.GetProperty("template").GetString()!;
            string? text = Render(source, c.TryGetProperty("context", out JsonElement context) ? context.GetRawText() : "{}");
            bool errorIsRight = c.TryGetProperty("error", out _) || c.TryGetProperty("error_also_right", out _) || c.TryGetProperty("not_run", out _);
            string? expected = c.TryGetProperty("expected", out JsonElement value) ? value.GetString() : null;

            Assert.True(text is null ? errorIsRight : expected == text || c.TryGetProperty("value_also_right", out _),
                $"{source}: expected {expected ?? "an error"}, was {text ?? "an error"}");
        }
    }

    [Theory]
    [InlineData("{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}", "steps")]
    [InlineData("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", "deep")]
    [InlineData("{% set ns = namespace(s='aaaaaaaaaaaaaaaa') %}{% for i in range(64) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}{{ ns.s }}", "characters")]
    [InlineData("{{ 'a' * 1000000000 }}", "characters")]
    [InlineData("{{ (range(100000)|list) * 1000 }}", "entries")]
    public void A_template_without_end_is_stopped(string source, string reason)
    {
        ChatTemplate template = ChatTemplate.Parse(source, "hostile");

        var error = Assert.Throws<TemplateException>(() => template.Render([], addGenerationPrompt: false));

        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Brackets_nested_without_end_are_refused() =>
        Assert.Throws<TemplateException>(() => ChatTemplate.Parse("{{ " + new string('(', 200_000) + " }}", "hostile"));

    private static string? Render(string source, string context)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(context);
            return ChatTemplate.Parse(source, "case").RenderJson(json.RootElement, new ChatTemplateVariables { Now = new DateTimeOffset(2024, 3, 5, 16, 7, 8, TimeSpan.Zero) }).Text;
        }
        catch (TemplateException)
        {
            return null;
        }
    }

    private static IEnumerable<int> Flat(IReadOnlyList<TextSpan> spans) => spans.SelectMany(s => new[] { s.Start, s.End });
}
