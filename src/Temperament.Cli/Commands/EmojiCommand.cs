using System.CommandLine;
using System.Text.Json;
using Temperament.Cli.Hosting;
using Temperament.Cli.Rendering;
using Temperament.Measures.Emoji;
using Temperament.Measures.Statistics;

namespace Temperament.Cli.Commands;

/// <summary><c>temper emoji</c>: counts and rates of any text.</summary>
internal static class EmojiCommand
{
    private const int Shown = 20;

    public static Command Create(CommandHost host)
    {
        Argument<string?> file = new("F") { Description = "A text file, which is one text; \"-\" for standard input.", Arity = ArgumentArity.ZeroOrOne };
        Option<string?> lines = new("--jsonl") { Description = "A file with one JSON object a line, each with a text.", HelpName = "F" };
        Option<string> field = new("--field") { Description = "Name of the text in each object.", HelpName = "NAME", DefaultValueFactory = _ => "text" };
        return host.Define("emoji", "Counts the emoji of texts by grapheme cluster, with rates and intervals.",
            ["temper emoji letter.txt", "temper emoji --jsonl answers.jsonl --field answer", "temper emoji --jsonl answers.jsonl --json"],
            [file, lines, field],
            run => Run(run, Texts(run.Arguments.GetValue(file), run.Arguments.GetValue(lines), run.Arguments.GetValue(field)!, run)));
    }

    private static IReadOnlyList<string> Texts(string? file, string? lines, string field, CommandRun run) => (file, lines) switch
    {
        (null, null) => throw new UsageException("give a file F, or --jsonl F with one JSON object a line."),
        ({ } path, null) => [path == "-" ? run.Terminal.Input.ReadToEnd() : TextFile.Read(path)],
        (null, { } path) => JsonLines.ReadStrings(path, field),
        _ => throw new UsageException("give either a file F or --jsonl F, not both."),
    };

    private static void Run(CommandRun run, IReadOnlyList<string> texts)
    {
        if (run.Json)
        {
            foreach (string text in texts)
            {
                run.PrintJsonLine(json => Write(json, text));
            }

            return;
        }

        EmojiSummary summary = EmojiSummary.Of(texts);
        run.Print($"texts                   {summary.Answers}");
        run.Print($"texts with an emoji     {summary.WithEmoji}{Share(summary.InstanceRate)}");
        run.Print($"emoji                   {summary.Emoji}{Each(summary.PerAnswer, "a text")}");
        run.Print($"sentences               {summary.Sentences.Sentences}{Each(summary.Sentences.EmojiPerSentence, "emoji a sentence")}");
        run.Print($"texts with more than {EmojiSummary.FloodLimit}  {summary.Floods}");
        if (summary.Distinct.Count > 0)
        {
            run.Print($"most frequent           {string.Join("  ", summary.Distinct.Take(Shown).Select(each => $"{each.Emoji} {each.Count}"))}");
        }
    }

    private static string Share(Measured<Interval> rate) => rate.TryGet(out Interval at)
        ? $" ({Figures.Percent(at.Estimate, 1)}; 95 % interval {Figures.Fixed(at.Low * 100, 1)} to {Figures.Percent(at.High, 1)})"
        : "";

    private static string Each(Measured<double> ratio, string what) => ratio.TryGet(out double value) ? $" ({Figures.Fixed(value, 3)} {what})" : "";

    private static void Write(Utf8JsonWriter json, string text)
    {
        string[] emoji = [.. EmojiScanner.Scan(text).Where(match => match.IsEmoji).Select(match => match.Text)];
        json.WriteStartObject();
        json.WriteNumber("count", emoji.Length);
        json.WriteStartArray("emoji");
        foreach (string cluster in emoji)
        {
            json.WriteStringValue(cluster);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
