using System.CommandLine;
using System.Text.Json;
using Temperament.Cli.Hosting;
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
        return host.Define("template", "Prints each conversation as its chat template renders it, one JSON string a line; {\"error\": …} where it refuses.",
            ["temper tokenizer template organism --jsonl conversations.jsonl", "temper tokenizer template chatml.jinja --jsonl conversations.jsonl"],
            [model, lines], run =>
            {
                (ChatTemplate template, ChatTemplateVariables? variables) = TemplateOpening.Open(run.Arguments.GetRequiredValue(model));
                foreach ((int _, JsonElement each) in JsonLines.Read(run.Arguments.GetRequiredValue(lines)))
                {
                    run.Cancellation.ThrowIfCancellationRequested();
                    Print(run, template, each, variables);
                }
            });
    }

    private static void Print(CommandRun run, ChatTemplate template, JsonElement request, ChatTemplateVariables? variables)
    {
        try
        {
            string text = template.RenderJson(request, variables).Text;
            run.PrintJsonLine(json => json.WriteStringValue(text));
        }
        catch (TemplateException error)
        {
            run.PrintJsonLine(json =>
            {
                json.WriteStartObject();
                json.WriteString("error", error.Message);
                json.WriteEndObject();
            });
        }
    }
}
