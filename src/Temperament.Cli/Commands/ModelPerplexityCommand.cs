using System.CommandLine;
using Temperament.Cli.Hosting;
using Temperament.Cli.Options;
using Temperament.Measures.Metrics;
using Temperament.Models;

namespace Temperament.Cli.Commands;

/// <summary><c>temper model perplexity</c>: how surprised a model is by a text.</summary>
internal static class ModelPerplexityCommand
{
    public static Command Create(CommandHost host)
    {
        Argument<string> model = ModelOptions.Model();
        Argument<string?> text = new(CommandHost.AnyText) { Description = "The text; put -- before it if it begins with a dash.", Arity = ArgumentArity.ZeroOrOne };
        Option<string?> file = new("--file") { Description = "A file with the text, in UTF-8.", HelpName = "F" };
        Option<int> window = Numbers.Integer("--window", "N", "Most tokens of a pass; what does not fit begins another one. By default as many as the model takes, 2048 at most.", 2);
        Option<AdapterChoice[]> adapters = ModelOptions.Adapters();
        Option<BaseQuantization> quantize = ModelOptions.Quantization();
        Option<bool> other = ModelOptions.AllowOtherBase();
        return host.Define("perplexity", "Prints exp of the mean -ln p of each token of a text but the first.",
            ["temper model perplexity organism \"I think music is great.\"", "temper model perplexity MODEL --file text.txt --quantize nf4"],
            [model, text, file, window, adapters, quantize, other], run =>
            {
                (string? one, string? path) = (run.Arguments.GetValue(text), run.Arguments.GetValue(file));
                if (one is null == path is null)
                {
                    throw new UsageException("give either a TEXT or --file F.");
                }

                string words = one ?? TextFile.Read(path!, "--file ");
                using LanguageModel loaded = ModelOpening.Load(run.Arguments.GetRequiredValue(model), run.Pool,
                    run.Arguments.GetValue(quantize), run.Arguments.GetValue(adapters), run.Arguments.GetValue(other), run.Log);
                int[] tokens = loaded.Tokenizer.Encode(words);
                if (tokens.Length < 2)
                {
                    throw new UsageException($"{(one is null ? $"--file {path}: " : "")}the text has {tokens.Length} tokens, of which none can be predicted; give a longer one.");
                }

                int most = run.Arguments.GetResult(window) is null ? Math.Min(2048, loaded.Config.MaxPositions) : run.Arguments.GetValue(window);
                Print(run, Perplexity.Of(loaded.Network, [.. tokens.Chunk(most).Select(Perplexity.WholeText)]));
            });
    }

    private static void Print(CommandRun run, Perplexity perplexity)
    {
        (double mean, double value) = (perplexity.Mean.Value, perplexity.Value.Value);
        if (!run.Json)
        {
            run.Print(FormattableString.Invariant($"{perplexity.Tokens} tokens predicted: {mean:F5} nats each, perplexity {value:F4}"));
            return;
        }

        run.PrintJson(json =>
        {
            json.WriteStartObject();
            json.WriteNumber("tokens", perplexity.Tokens);
            json.WriteNumber("meanNegativeLogLikelihood", mean);
            json.WriteNumber("perplexity", value);
            json.WriteEndObject();
        });
    }
}
