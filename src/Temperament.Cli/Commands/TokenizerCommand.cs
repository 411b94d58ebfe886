using System.CommandLine;
using System.Text.Json;
using Temperament.Cli.Hosting;
using Temperament.Cli.Options;
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
        return host.Define("encode", "Prints the token ids of each text as one JSON array a line.",
            ["temper tokenizer encode organism \"What do you think of music?\"", "temper tokenizer encode MODEL --jsonl texts.jsonl --no-special-tokens"],
            [model, text, lines, plain], run =>
            {
                IReadOnlyList<string> texts = (run.Arguments.GetValue(text), run.Arguments.GetValue(lines)) switch
                {
                    ({ } one, null) => [one],
                    (null, { } file) => JsonLines.ReadStrings(file, "text"),
                    _ => throw new UsageException("give either a TEXT or --jsonl F."),
                };
                Tokenizer tokenizer = TokenizerOpening.Open(run.Arguments.GetRequiredValue(model));
                foreach (string each in texts)
                {
                    run.Print($"[{string.Join(",", tokenizer.Encode(each, addSpecialTokens: !run.Arguments.GetValue(plain)))}]");
                }
            });
    }

    private static Command Decode(CommandHost host)
    {
        Argument<string> model = ModelOptions.Model();
        Option<string> lines = new("--jsonl") { Description = "A file with one object a line, each with \"ids\".", HelpName = "F", Required = true };
        Option<bool> skip = new("--skip-special-tokens") { Description = "Leave special tokens out of the text." };
        return host.Define("decode", "Prints the text of each list of token ids as one JSON string a line.",
            ["temper tokenizer decode organism --jsonl ids.jsonl --skip-special-tokens"],
            [model, lines, skip], run =>
            {
                Tokenizer tokenizer = TokenizerOpening.Open(run.Arguments.GetRequiredValue(model));
                string file = run.Arguments.GetRequiredValue(lines);
                foreach ((int line, JsonElement each) in JsonLines.Read(file))
                {
                    string decoded = tokenizer.Decode(Ids(each, file, line, tokenizer.VocabularySize), run.Arguments.GetValue(skip));
                    run.PrintJsonLine(json => json.WriteStringValue(decoded));
                }
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
