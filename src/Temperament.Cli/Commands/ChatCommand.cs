using System.CommandLine;
using System.Text.Json;
using Temperament.Cli.Hosting;
using Temperament.Cli.Options;
using Temperament.Cli.Rendering;
using Temperament.Models;
using Temperament.Models.Generation;

namespace Temperament.Cli.Commands;

/// <summary><c>temper chat</c>: a talk, in which adapters can be changed; as JSON, a line for each turn.</summary>
internal static class ChatCommand
{
    public static Command Create(CommandHost host)
    {
        Argument<string> model = ModelOptions.Model();
        Option<string?> system = new("--system") { Description = "What the system turn says.", HelpName = "S" };
        Option<AdapterChoice[]> adapters = ModelOptions.Adapters();
        Option<BaseQuantization> quantize = ModelOptions.Quantization();
        Option<bool> other = ModelOptions.AllowOtherBase();
        var choices = new GenerationChoices();
        return host.Define("chat", "Talks with a model; /help shows what can be done on the way. With --json each turn is one JSON object on a line of its own.",
            ["temper chat organism", "temper chat MODEL --adapter adapters/e-high --temperature 0.8",
                "temper chat organism --json"],
            [model, system, adapters, quantize, other, .. choices.Symbols], run =>
            {
                ParseResult given = run.Arguments;
                using LanguageModel loaded = ModelOpening.Load(
                    given.GetRequiredValue(model), run.Pool, given.GetValue(quantize), given.GetValue(adapters), given.GetValue(other), run.Log);
                var talk = new Talk(loaded, given.GetValue(system), given.GetValue(adapters)!, given.GetValue(other));
                run.Log($"{loaded.Path}, {talk.AdapterNames}. /help shows the commands; /exit ends.");
                Converse(run, talk, choices.Of(given, loaded));
            });
    }

    private static void Converse(CommandRun run, Talk talk, GenerationOptions options)
    {
        while (true)
        {
            run.Cancellation.ThrowIfCancellationRequested();
            if (run.Terminal.OutputIsScreen && !run.Json)
            {
                run.Terminal.Output.Write("> ");
                run.Terminal.Output.Flush();
            }

            string? line = run.Terminal.Input.ReadLine()?.Trim();
            if (line is null or "/exit" or "/quit")
            {
                return;
            }

            if (line.StartsWith('/'))
            {
                run.Log(Obey(talk, line));
            }
            else if (line.Length > 0)
            {
                Answer(run, talk, line, options);
            }
        }
    }

    private static void Answer(CommandRun run, Talk talk, string line, GenerationOptions options)
    {
        try
        {
            (string text, GeneratedTokens answer) = talk.Answer(line, options with { Seed = options.Seed + talk.Turns },
                piece => run.Terminal.Output.Write(run.Json ? "" : ScreenText.Of(piece)), run.Cancellation);
            if (run.Json)
            {
                run.PrintJsonLine(json => Write(json, talk, line, text.Trim(), answer));
            }
            else
            {
                run.Print("");
            }
        }
        catch (UsageException error)
        {
            run.Log($"{error.Message} /reset begins a new talk.");
            if (run.Json)
            {
                run.PrintJsonLine(json => WriteError(json, line, error.Message));
            }
        }

        run.Terminal.Output.Flush();
    }

    private static void Write(Utf8JsonWriter json, Talk talk, string line, string text, GeneratedTokens answer)
    {
        json.WriteStartObject();
        json.WriteNumber("turn", talk.Turns);
        json.WriteString("user", line);
        json.WriteString("assistant", text);
        json.WriteStartArray("tokens");
        foreach (int token in answer.Tokens)
        {
            json.WriteNumberValue(token);
        }

        json.WriteEndArray();
        json.WriteBoolean("stopped", answer.Stopped);
        json.WriteString("adapters", talk.AdapterNames);
        json.WriteEndObject();
    }

    private static void WriteError(Utf8JsonWriter json, string line, string message)
    {
        json.WriteStartObject();
        json.WriteString("user", line);
        json.WriteString("error", message);
        json.WriteEndObject();
    }

    private static string Obey(Talk talk, string line)
    {
        string[] words = line.Split(' ', 2, StringSplitOptions.TrimEntries);
        string rest = words.Length > 1 ? words[1] : "";
        try
        {
            return words[0] switch
            {
                "/help" => "/adapter DIR[:scale] …  other adapters from here on    /adapter none  the base model    /system TEXT  another system turn, "
                    + "new talk    /reset  new talk    /exit  end",
                "/adapter" => Wear(talk, rest is "none" ? [] : rest.Split(' ', StringSplitOptions.RemoveEmptyEntries)),
                "/system" => talk.Begin(rest.Length == 0 ? null : rest),
                "/reset" => talk.Begin(talk.System),
                _ => $"{words[0]} is no command of a talk; /help shows them.",
            };
        }
        catch (Exception error) when (InputErrors.Explains(error))
        {
            return error.Message;
        }
    }

    private static string Wear(Talk talk, string[] adapters) =>
        adapters.Select(AdapterChoice.Complaint).FirstOrDefault(fault => fault is not null) ?? talk.Wear([.. adapters.Select(AdapterChoice.Parse)]);
}
