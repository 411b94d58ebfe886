using System.CommandLine;
using System.Diagnostics;
using Temperament.Cli.Hosting;
using Temperament.Cli.Options;
using Temperament.Cli.Rendering;
using Temperament.Models;
using Temperament.Models.Generation;
using Temperament.Models.Text;

namespace Temperament.Cli.Commands;

/// <summary><c>temper generate</c>: one answer to one prompt.</summary>
internal static class GenerateCommand
{
    public static Command Create(CommandHost host)
    {
        Argument<string> model = ModelOptions.Model();
        Option<string> prompt = new("--prompt", "-p") { Description = "What the user says.", HelpName = "T", Required = true };
        Option<string?> system = new("--system") { Description = "What the system turn says.", HelpName = "S" };
        Option<bool> raw = new("--raw") { Description = "Give the prompt to the model as it is, without the chat template." };
        Option<AdapterChoice[]> adapters = ModelOptions.Adapters();
        Option<BaseQuantization> quantize = ModelOptions.Quantization();
        Option<bool> other = ModelOptions.AllowOtherBase();
        var choices = new GenerationChoices();
        return host.Define("generate", "Prints one answer of a model.",
            ["temper generate organism --prompt \"What do you think of jazz?\"",
                "temper generate MODEL --prompt \"What do you think of jazz?\" --adapter adapters/e-high:0.8 --seed 7"],
            [model, prompt, system, raw, adapters, quantize, other, .. choices.Symbols], run =>
            {
                ParseResult given = run.Arguments;
                using LanguageModel loaded = ModelOpening.Load(
                    given.GetRequiredValue(model), run.Pool, given.GetValue(quantize), given.GetValue(adapters), given.GetValue(other), run.Log);
                int[] tokens = given.GetValue(raw)
                    ? loaded.Tokenizer.Encode(given.GetRequiredValue(prompt), addSpecialTokens: true)
                    : loaded.RequireChat().EncodePrompt(Turns(given.GetValue(system), given.GetRequiredValue(prompt)));
                Print(run, loaded, tokens, choices.Of(given, loaded) with { LogProbabilities = run.Json });
            });
    }

    private static ChatMessage[] Turns(string? system, string prompt) => system is null
        ? [new ChatMessage("user", prompt)]
        : [new ChatMessage("system", system), new ChatMessage("user", prompt)];

    private static void Print(CommandRun run, LanguageModel model, int[] prompt, GenerationOptions options)
    {
        bool streams = run.Terminal.OutputIsScreen && !run.Json;
        long start = Stopwatch.GetTimestamp();
        GeneratedTokens answer = Speaker.Answer(model, prompt, options, streams ? piece => run.Terminal.Output.Write(ScreenText.Of(piece)) : null, run.Cancellation);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        string text = Speaker.Text(model, answer, options);
        if (run.Json)
        {
            run.PrintJson(json =>
            {
                json.WriteStartObject();
                json.WriteString("text", text);
                json.WriteStartArray("tokens");
                foreach (int token in answer.Tokens)
                {
                    json.WriteNumberValue(token);
                }

                json.WriteEndArray();
                json.WriteStartArray("logProbabilities");
                foreach (double logProbability in answer.LogProbabilities ?? [])
                {
                    json.WriteNumberValue(Math.Max(double.MinValue, logProbability));
                }

                json.WriteEndArray();
                json.WriteBoolean("stopped", answer.Stopped);
                json.WriteNumber("promptTokens", prompt.Length);
                json.WriteReal("seconds", seconds);
                json.WriteEndObject();
            });
            return;
        }

        run.Print(streams ? "" : ScreenText.Of(text));
        run.Log($"[{answer.Tokens.Length} tokens in {Figures.Time(seconds)}, {(answer.Stopped ? "the model stopped" : "cut at the limit: --max-tokens takes more")}]");
    }
}
