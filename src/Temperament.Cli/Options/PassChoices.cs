using System.CommandLine;
using Temperament.Cli.Hosting;
using Temperament.Models;

namespace Temperament.Cli.Options;

/// <summary>What the commands of single passes have in common: a model, tokens, where the tensors go, and what they are compared with.</summary>
internal sealed class PassChoices
{
    private readonly Argument<string> _model = ModelOptions.Model();
    private readonly Option<int[]> _tokens = Numbers.List("--tokens", "1,15,…", "Token ids.");
    private readonly Option<AdapterChoice[]> _adapters = ModelOptions.Adapters();
    private readonly Option<BaseQuantization> _quantize = ModelOptions.Quantization();
    private readonly Option<bool> _other = ModelOptions.AllowOtherBase();
    private readonly Option<string?> _out = new("--out") { Description = "The file to write.", HelpName = "F.safetensors" };

    private readonly Option<string?> _reference = new("--reference")
    {
        Description = "Compare with the tensors of this file: prints ||a - b||^2 / ||b||^2 of each.",
        HelpName = "F.safetensors",
    };

    private readonly Option<string?> _sequence = new("--sequence")
    {
        Description = "The tensors of the reference have this name of the tokens at their end, as in logits.NAME.",
        HelpName = "NAME",
    };

    /// <summary>All of them, in the order of the help.</summary>
    public Symbol[] Symbols => [_model, _tokens, _adapters, _quantize, _other, _out, _reference, _sequence];

    /// <summary>MODEL.</summary>
    public string Model(CommandRun run) => run.Arguments.GetRequiredValue(_model);

    /// <summary>The decoder that was named, with its adapters.</summary>
    public LanguageModel Load(CommandRun run) => ModelOpening.Load(
        Model(run), run.Pool, run.Arguments.GetValue(_quantize), run.Arguments.GetValue(_adapters), run.Arguments.GetValue(_other));

    /// <summary>The tokens, all of which are in the vocabulary.</summary>
    public int[] Tokens(CommandRun run, int vocabularySize)
    {
        int[] tokens = run.Arguments.GetRequiredValue(_tokens);
        return Array.Find(tokens, id => id >= vocabularySize) is var wrong and not 0
            ? throw new UsageException($"--tokens: id {wrong} is not in the vocabulary; give ids from 0 to {vocabularySize - 1}.")
            : tokens;
    }

    /// <summary>Refuses a command line of which nothing would come.</summary>
    public void RequireResult(CommandRun run)
    {
        if (Out(run) is null && Reference(run) is null)
        {
            throw new UsageException("Give --out, --reference or both; without them nothing would come of it.");
        }
    }

    /// <summary>The file to write; null for none.</summary>
    public string? Out(CommandRun run) => run.Arguments.GetValue(_out);

    /// <summary>The file that is compared with; null for none.</summary>
    public string? Reference(CommandRun run) => run.Arguments.GetValue(_reference);

    /// <summary>What a tensor is called in the reference.</summary>
    public string InReference(CommandRun run, string name) => run.Arguments.GetValue(_sequence) is { } sequence ? $"{name}.{sequence}" : name;
}
