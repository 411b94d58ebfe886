using System.CommandLine;
using System.Text.Json;
using Temperament.Cli.Hosting;
using Temperament.Cli.Options;
using Temperament.Cli.Rendering;
using Temperament.Models.Text;

namespace Temperament.Cli.Commands;

/// <summary><c>temper tokenizer</c>: text to ids and back.</summary>
internal static class TokenizerCommand
{
    public static Command Create(CommandHost host) => CommandHost.Group(
        "tokenizer", "Text to tokens, tokens to text, conversations to text.", Encode(host), Decode(host), TemplateCommand.Create(host));

    private static Command Encode(CommandHost host)
    {
        Argument<string> model = ModelOptions.Model();
        Argument<string?> text = new(CommandHost.AnyText) { Description = "The text; put -- before it if it begins with a dash.", Arity = ArgumentArity.ZeroOrOne };
        Option<string?> lines = new("--jsonl") { Description = "A file with one object a line, each with \"text\".", HelpName = "F" };
        Option<bool> plain = new("--no-special-tokens") { Description = "Leave out the special tokens that the tokenizer puts around a text." };
        Option<bool> split = new("--split-special-tokens") { Description = "Take special tokens that are written in a text for plain text." };
        Option<string?> expect = LineComparison.Option();
        return host.Define("encode", "Prints the token ids of each text as one JSON array a line.",
            ["temper tokenizer encode organism \"What do you think of jazz?\"", "temper tokenizer encode MODEL --jsonl texts.jsonl --no-special-tokens",
                "temper tokenizer encode tokenizer.model --jsonl cases.jsonl --expect ids"],
            [model, text, lines, plain, split, expect], run =>
            {
                (string? one, string? file, string? field) = (run.Arguments.GetValue(text), run.Arguments.GetValue(lines), run.Arguments.GetValue(expect));
                if (one is null == file is null || (field is not null && file is null))
                {
                    throw new UsageException("give either a TEXT or --jsonl F; --expect goes with the latter.");
                }

                Tokenizer tokenizer = TokenizerOpening.Open(run.Arguments.GetRequiredValue(model));
                if (field is not null)
                {
                    var comparison = new LineComparison(run, file!, field);
                    foreach ((int line, JsonElement each) in JsonLines.Read(file!))
                    {
                        comparison.Add(line, each, Encoded(JsonLines.String(file!, line, each, "text")));
                    }

                    comparison.Close();
                    return;
                }

                foreach (string each in one is not null ? [one] : JsonLines.ReadStrings(file!, "text"))
                {
                    run.Print(Encoded(each));
                }

                string Encoded(string each) => $"[{string.Join(',', tokenizer.Encode(each, addSpecialTokens: !run.Arguments.GetValue(plain),
                    parseSpecial: !run.Arguments.GetValue(split)))}]";
            });
    }

    private static Command Decode(CommandHost host)
    {
        Argument<string> model = ModelOptions.Model();
        Option<string> lines = new("--jsonl") { Description = "A file with one object a line, each with \"ids\".", HelpName = "F", Required = true };
        Option<bool> skip = new("--skip-special-tokens") { Description = "Leave special tokens out of the text." };
        Option<string?> expect = LineComparison.Option();
        return host.Define("decode", "Prints the text of each list of token ids as one JSON string a line.",
            ["temper tokenizer decode organism --jsonl ids.jsonl --skip-special-tokens"],
            [model, lines, skip, expect], run =>
            {
                Tokenizer tokenizer = TokenizerOpening.Open(run.Arguments.GetRequiredValue(model));
                string file = run.Arguments.GetRequiredValue(lines);
                LineComparison? comparison = run.Arguments.GetValue(expect) is { } field ? new LineComparison(run, file, field) : null;
                foreach ((int line, JsonElement each) in JsonLines.Read(file))
                {
                    string decoded = tokenizer.Decode(Ids(each, file, line, tokenizer.VocabularySize), run.Arguments.GetValue(skip));
                    string json = ReadableJson.Text(writer => writer.WriteStringValue(decoded), indented: false);
                    if (comparison is null)
                    {
                        run.Print(json);
                    }

                    comparison?.Add(line, each, json);
                }

                comparison?.Close();
            });
    }

    private static int[] Ids(JsonElement each, string file, int line, int size)
    {
        if (!each.TryGetProperty("ids", out JsonElement ids) || ids.ValueKind != JsonValueKind.Array)
        {
            throw new InvalidDataException($"{file}, line {line}: read an object without a list \"ids\"; expected one on every line.");
        }

        return [.. ids.EnumerateArray().Select(id => id.ValueKind == JsonValueKind.Number && id.TryGetInt32(out int value) && value >= 0 && value < size
            ? value
            : throw new InvalidDataException($"{file}, line {line}: read id {id.GetRawText()}; expected whole numbers from 0 to {size - 1}, the ids of "
                + "this tokenizer."))];
    }
}
