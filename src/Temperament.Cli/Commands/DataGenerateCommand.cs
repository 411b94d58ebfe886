using System.CommandLine;
using Temperament.Cli.Hosting;
using Temperament.Cli.Options;
using Temperament.Cli.Rendering;
using Temperament.Models.Text;
using Temperament.Studies.Data;
using Temperament.Studies.Data.Audit;
using Temperament.Studies.Data.Generation;

namespace Temperament.Cli.Commands;

/// <summary><c>temper data generate</c>: an opinion set written by a model behind an endpoint.</summary>
internal static class DataGenerateCommand
{
    public static Command Create(CommandHost host)
    {
        Argument<string> topics = new("TOPICS") { Description = "Text file with one topic a line." };
        Option<string> endpoint = new("--endpoint") { Description = "Base address of an endpoint that speaks the chat completions protocol of OpenAI.", HelpName = "URL", Required = true };
        Option<string> model = new("--model") { Description = "Name of the model there.", HelpName = "NAME", Required = true };
        Option<string> keyName = new("--key-from") { Description = "Environment variable that holds the key.", HelpName = "NAME", DefaultValueFactory = _ => "OPENAI_API_KEY" };
        Option<string[]> targets = new("--target") { Description = "What answers shall show, as in extraversion-high; may be given again. All ten poles and neutral if absent.", HelpName = "TARGET" };
        Option<long> seed = Numbers.Seed("Seed of the draw of question forms and facets.");
        Option<int> parallel = Numbers.Integer("--parallel", "N", "Requests at one time.", 1, 64, 4);
        Option<double> temperature = Numbers.Real("--temperature", "T", "Sampling temperature.", 0, 2, 0.9);
        Option<double> promptPrice = Numbers.Real("--prompt-price", "P", "Price of a million tokens of prompt.", 0, 1e6, 0);
        Option<double> answerPrice = Numbers.Real("--answer-price", "P", "Price of a million tokens of answer.", 0, 1e6, 0);
        Option<double> most = Numbers.Real("--max-cost", "P", "What all may cost; 0 for no limit.", 0, 1e9, 0);
        Option<bool> estimate = new("--estimate") { Description = "Only say what it would take." };
        Option<string> output = new("--out") { Description = "Opinion file (CSV) to write; run again after a stop to go on.", HelpName = "F", Required = true };
        return host.Define("generate", "Has a model write an opinion set: each answer audited, asked for again if it fails, resumed after a stop.",
            ["temper data generate topics.txt --endpoint http://localhost:8080/v1 --model local --out opinions.csv",
             "temper data generate topics.txt --endpoint https://api.openai.com/v1 --model gpt-4o-mini --prompt-price 0.15 --answer-price 0.6 --max-cost 2 --out opinions.csv"],
            [topics, endpoint, model, keyName, targets, seed, parallel, temperature, promptPrice, answerPrice, most, estimate, output], run =>
            {
                if (!Uri.TryCreate(run.Arguments.GetRequiredValue(endpoint), UriKind.Absolute, out Uri? address) || address.Scheme is not ("http" or "https"))
                {
                    throw new UsageException($"--endpoint takes an address as in http://localhost:8080/v1; \"{run.Arguments.GetRequiredValue(endpoint)}\" was given.");
                }

                string path = JsonLines.RequireFile(run.Arguments.GetRequiredValue(output));
                double limit = run.Arguments.GetValue(most);
                EndpointOptions options = new(address, run.Arguments.GetRequiredValue(model), Environment.GetEnvironmentVariable(run.Arguments.GetRequiredValue(keyName)), new AuditOptions(),
                    run.Arguments.GetValue(temperature), run.Arguments.GetValue(parallel), PromptPrice: run.Arguments.GetValue(promptPrice), AnswerPrice: run.Arguments.GetValue(answerPrice),
                    MostCost: limit > 0 ? limit : null);
                IReadOnlyList<AnswerOrder> orders = GenerationPlan.Make(TopicList.Read(run.Arguments.GetRequiredValue(topics)), Targets(run.Arguments.GetValue(targets)), run.Arguments.GetValue(seed));
                Work(run, new OpinionGenerator(options), options, orders, path, run.Arguments.GetValue(estimate));
            });
    }

    private static IReadOnlyList<TraitTarget> Targets(string[]? names)
    {
        try
        {
            return names is { Length: > 0 } ? [.. names.Select(TraitTarget.Parse).Distinct()] : [.. TraitTarget.Poles, TraitTarget.Neutral];
        }
        catch (FormatException error)
        {
            throw new UsageException(error.Message);
        }
    }

    private static void Work(CommandRun run, OpinionGenerator generator, EndpointOptions options, IReadOnlyList<AnswerOrder> orders, string path, bool estimateOnly)
    {
        IReadOnlyList<AnswerOrder> open = generator.Remaining(path, orders);
        CostEstimate estimate = CostEstimate.Of(open, options);
        run.Log($"{orders.Count} answers, {orders.Count - open.Count} of them there already; to ask: {estimate.Requests} answers, about {estimate.PromptTokens:N0} tokens of prompt and "
            + $"{estimate.AnswerTokens:N0} of answer{(estimate.Cost > 0 ? $", {Figures.Fixed(estimate.Cost, 4)}" : "")} if each first answer is taken");
        if (estimateOnly)
        {
            return;
        }

        if (options.MostCost is { } most && estimate.Cost > most)
        {
            throw new UsageException($"the estimate is above --max-cost {Figures.Fixed(most, 4)}: ask for fewer topics or targets, or raise the limit.");
        }

        int there = orders.Count - open.Count;
        GenerationResult result = ProgressBar.Run(run, "writing", orders.Count, bar => generator.RunAsync(path, orders, new GenerationWatch(
            (valid, requests) => bar.Report(there = valid, $"{valid}/{orders.Count} answers, {requests} replies"),
            retry =>
            {
                if (run.Terminal.ErrorIsScreen)
                {
                    bar.Report(there, retry);
                }
                else
                {
                    run.Log(retry);
                }
            }), run.Cancellation).GetAwaiter().GetResult());
        Print(run, result, path);
    }

    private static void Print(CommandRun run, GenerationResult result, string path)
    {
        if (run.Json)
        {
            run.PrintJson(json =>
            {
                json.WriteStartObject();
                json.WriteNumber("asked", result.Asked);
                json.WriteNumber("valid", result.Valid);
                json.WriteNumber("replies", result.Requests);
                json.WriteNumber("retried", result.Retried);
                json.WriteNumber("prompt_tokens", result.PromptTokens);
                json.WriteNumber("answer_tokens", result.AnswerTokens);
                json.WriteNumber("cost", result.Cost);
                json.WriteNumber("missing", result.Missing.Count);
                json.WriteString("stopped", result.Stopped);
                json.WriteEndObject();
            });
        }
        else
        {
            run.Print($"{result.Asked} asked, {result.Valid} valid, {result.Requests} replies, {result.Refused.Values.Sum()} refused by the audit, {result.Retried} requests sent again");
            foreach (KeyValuePair<string, int> refused in result.Refused.OrderByDescending(each => each.Value).Take(10))
            {
                run.Print($"  refused {refused.Value}: {refused.Key}");
            }

            run.Print($"{result.PromptTokens:N0} tokens of prompt, {result.AnswerTokens:N0} of answer{(result.Cost > 0 ? $", {Figures.Fixed(result.Cost, 4)}" : "")}");
        }

        foreach (MissingAnswer missing in result.Missing.Take(10))
        {
            run.Log($"{missing.Id}: no valid answer: {missing.Reason}");
        }

        if (result.Stopped is not null)
        {
            throw new DataFileException(OpinionGenerator.JournalOf(path), 0, $"{result.Valid} of {result.Asked} answers", "all of them",
                $"Stopped: {result.Stopped} Run the same command again to go on.");
        }

        if (!run.Json)
        {
            run.Print($"{path}: {result.Valid} answers{(result.Missing.Count > 0 ? $", {result.Missing.Count} missing" : "")}");
        }

        run.ExitCode = result.Missing.Count > 0 ? ExitCodes.Failed : ExitCodes.Done;
    }
}
