using System.Text.Json;
using System.Text.Json.Nodes;
using Temperament.Models.Text;
using Temperament.ModelTests.Support;
using Xunit;

namespace Temperament.ModelTests.Models.Text;

/// <summary>Every template and conversation of the reference, byte for byte, with errors where errors are due.</summary>
public sealed class ChatTemplateOracleTests
{
    private const string Now = "2024-03-05T16:07:08.000090Z";

    [Fact]
    public void Real_templates_render_as_the_reference()
    {
        string root = Oracles.Shared("oracles", "templates");
        JsonObject conversations = JsonNode.Parse(File.ReadAllBytes(Path.Combine(root, "conversations.json")))!.AsObject();
        var wrong = new List<string>();
        int cases = 0;
        foreach (string folder in Directory.GetDirectories(root).Where(d => File.Exists(Path.Combine(d, "template.jinja"))).Order())
        {
            wrong.AddRange(Check(folder, conversations, ref cases));
        }

        Report(wrong, cases);
        Assert.Equal(2601, cases);
    }

    [Fact]
    public void The_language_behaves_as_the_reference()
    {
        var wrong = new List<string>();
        int cases = 0;
        foreach (string line in File.ReadLines(Path.Combine(Oracles.Shared("oracles", "templates", "language"), "cases.jsonl")))
        {
            JsonObject c = JsonNode.Parse(line)!.AsObject();
            JsonObject request = c["context"]?.DeepClone().AsObject() ?? [];
            request["now"] = Now;
            bool errorIsRight = c["error"] is not null || c["error_also_right"] is not null;
            string? expected = c["expected"]?.GetValue<string>();
            bool valueIsRight = expected is not null || c["value_also_right"] is not null;
            (RenderedChat? chat, string? error) = Render(() => ChatTemplate.Parse(c["template"]!.GetValue<string>(), "t"), request);
            string? text = chat?.Text;
            cases++;
            if (error is not null ? !errorIsRight : !valueIsRight || (expected is not null && expected != text))
            {
                wrong.Add($"{c["n"]} {c["template"]!.ToJsonString()}: expected {c["expected"]?.ToJsonString() ?? c["error"]!.ToJsonString()}, "
                    + $"was {(error is null ? JsonSerializer.Serialize(text) : "error " + error)}");
            }
        }

        Report(wrong, cases);
        Assert.Equal(655, cases);
    }

    private static List<string> Check(string folder, JsonObject conversations, ref int cases)
    {
        var wrong = new List<string>();
        JsonObject settings = JsonNode.Parse(File.ReadAllBytes(Path.Combine(folder, "template.json")))!.AsObject();
        string source = File.ReadAllText(Path.Combine(folder, "template.jinja"));
        foreach (string line in File.ReadLines(Path.Combine(folder, "cases.jsonl")))
        {
            JsonObject c = JsonNode.Parse(line)!.AsObject();
            string name = c["conversation"]!.GetValue<string>();
            JsonObject request = conversations[name]!.DeepClone().AsObject();
            request["now"] = Now;
            request["bos_token"] = settings["bos_token"]?.DeepClone();
            request["eos_token"] = settings["eos_token"]?.DeepClone();
            request["add_generation_prompt"] = c["add_generation_prompt"]!.DeepClone();
            request["continue_final_message"] = c["continue_final_message"]?.GetValue<bool>() ?? false;
            if (c.ContainsKey("tools"))
            {
                request["tools"] = c["tools"]?.DeepClone();
            }

            foreach ((string key, JsonNode? value) in c["variables"]?.AsObject() ?? [])
            {
                request[key] = value?.DeepClone();
            }

            (RenderedChat? chat, string? error) = Render(() => ChatTemplate.Parse(source, "t"), request);
            string? text = chat?.Text;
            cases++;
            string? expected = c["rendered"]?.GetValue<string>();
            if (c["assistant_content"] is { } answers && Flat(chat?.AnswerSpans) != Flat(answers))
            {
                wrong.Add($"{Path.GetFileName(folder)} {name}: expected answers at {answers.ToJsonString()}, was {Flat(chat?.AnswerSpans)} in {JsonSerializer.Serialize(text)}");
            }

            if (c["generation_spans"] is { } spans && Flat(chat?.GenerationSpans) != Flat(spans))
            {
                wrong.Add($"{Path.GetFileName(folder)} {name}: expected generated parts {spans.ToJsonString()}, was {Flat(chat?.GenerationSpans)}");
            }

            if (expected != text)
            {
                wrong.Add($"{Path.GetFileName(folder)} {name} {line[..60]}: expected {JsonSerializer.Serialize(expected)} {c["error"]?.ToJsonString()}, "
                    + $"was {(error is null ? JsonSerializer.Serialize(text) : "error " + error)}");
            }
            else if (error is not null && c["error"]!["type"]!.GetValue<string>() == "TemplateError" && !error.Contains(c["error"]!["message"]!.GetValue<string>(), StringComparison.Ordinal))
            {
                wrong.Add($"{Path.GetFileName(folder)} {name}: the template's own message {c["error"]!["message"]} is not in {error}");
            }
        }

        return wrong;
    }

    private static (RenderedChat? Chat, string? Error) Render(Func<ChatTemplate> parse, JsonObject request)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(request.ToJsonString());
            return (parse().RenderJsonSpans(json.RootElement), null);
        }
        catch (TemplateException e)
        {
            return (null, e.Message);
        }
    }

    private static string Flat(IReadOnlyList<TextSpan>? spans) => string.Join(' ', (spans ?? []).Select(s => $"{s.Start} {s.End}"));

    private static string Flat(JsonNode spans) => string.Join(' ', spans.AsArray().SelectMany(s => s!.AsArray()).Select(n => n!.GetValue<int>()));

    private static void Report(List<string> wrong, int cases) =>
        Assert.True(wrong.Count == 0, $"{wrong.Count} of {cases} differ:\n{string.Join('\n', wrong.Take(60).Select(w => w.Length > 700 ? w[..700] : w))}");
}
