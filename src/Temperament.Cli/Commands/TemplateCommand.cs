using System.CommandLine;
using System.Text.Json;
using Temperament.Cli.Hosting;
using Temperament.Cli.Rendering;
using Temperament.Models.Text;

namespace Temperament.Cli.Commands;

/// <summary><c>temper tokenizer template</c>: conversations as the text that a model reads.</summary>
internal static class TemplateCommand
{
    public static Command Create(CommandHost host)
    {
        Argument<string> model = new("MODEL") { Description = "A model, or a .jinja file with a chat template." };
        Option<string> lines = new("--jsonl")
        {
            Description = "A file with one object a line: \"messages\", the template's other variables, optionally \"continue_final_message\" and \"now\".",
            HelpName = "F",
            Required = true,
        };
        Option<string?> expect = LineComparison.Option();
        return host.Define("template", "Prints each conversation as its chat template renders it, one JSON string a line; {\"error\": …} where it refuses.",
            ["temper tokenizer template organism --jsonl conversations.jsonl", "temper tokenizer template chatml.jinja --jsonl conversations.jsonl"],
            [model, lines, expect], run =>
            {
                (ChatTemplate template, ChatTemplateVariables? variables) = TemplateOpening.Open(run.Arguments.GetRequiredValue(model));
                string file = run.Arguments.GetRequiredValue(lines);
                LineComparison? comparison = run.Arguments.GetValue(expect) is { } field ? new LineComparison(run, file, field) : null;
                foreach ((int line, JsonElement each) in JsonLines.Read(file))
                {
                    run.Cancellation.ThrowIfCancellationRequested();
                    RequireMessages(template, file, line, each);
                    (string json, bool isText) = Render(template, each, variables);
                    if (comparison is null)
                    {
                        run.Print(json);
                    }

                    comparison?.Add(line, each, isText ? json : null);
                }

                comparison?.Close();
            });
    }

    // A template finds nothing in messages that are not there, and would print its frame alone.
    private static void RequireMessages(ChatTemplate template, string file, int line, JsonElement each)
    {
        if (each.ValueKind == JsonValueKind.Object && !each.TryGetProperty("messages", out _) && template.Source.Contains("messages", StringComparison.Ordinal))
        {
            throw new InvalidDataException($"{file}, line {line}: read an object without \"messages\" (it has "
                + $"{string.Join(", ", each.EnumerateObject().Select(field => field.Name))}); expected a list of turns, each with role and content.");
        }
    }

    private static (string Json, bool IsText) Render(ChatTemplate template, JsonElement request, ChatTemplateVariables? variables)
    {
        try
        {
            string text = template.RenderJson(request, variables).Text;
            return (ReadableJson.Text(json => json.WriteStringValue(text), indented: false), true);
        }
        catch (TemplateException error)
        {
            return (ReadableJson.Text(json =>
            {
                json.WriteStartObject();
                json.WriteString("error", error.Message);
                json.WriteEndObject();
            }, indented: false), false);
        }
    }
}
