using System.CommandLine;
using Temperament.Cli.Hosting;
using Temperament.Methods.Adapters;
using Temperament.Models;
using Temperament.Models.Encoders;

namespace Temperament.Cli.Options;

/// <summary>What the commands of single passes have in common: a model, tokens, where the tensors go, and what they are compared with.</summary>
/// <param name="tokens">What the help says of the tokens.</param>
internal sealed class PassChoices(string tokens = "Token ids.")
{
    private readonly Argument<string> _model = ModelOptions.Model();
    private readonly Option<int[][]> _tokens = Numbers.Lists("--tokens", "1,15,…", tokens);
    private readonly Option<AdapterChoice[]> _adapters = ModelOptions.Adapters();
    private readonly Option<BaseQuantization> _quantize = ModelOptions.Quantization();
    private readonly Option<bool> _other = ModelOptions.AllowOtherBase();
    private readonly Option<string?> _out = new("--out") { Description = "The file to write.", HelpName = "F.safetensors" };

    private readonly Option<string?> _reference = new("--reference")
    {
        Description = "Compare with the tensors of this file: prints ||a - b||^2 / ||b||^2 of each; ||a - b||^2 where b is 0 but for rounding.",
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
        Model(run), run.Pool, run.Arguments.GetValue(_quantize), run.Arguments.GetValue(_adapters), run.Arguments.GetValue(_other), run.Log);

    /// <summary>The classifier that was named, with its adapter.</summary>
    public TextClassifier LoadClassifier(CommandRun run, string folder)
    {
        RequireFloat32(run, folder);
        TextClassifier classifier = TextClassifier.Load(folder, run.Pool);
        try
        {
            if (run.Arguments.GetValue(_adapters) is { Length: > 0 } adapters)
            {
                AdapterChoice only = adapters is [{ Scale: 1 } one] ? one : throw new UsageException("--adapter: a classifier takes one adapter, without a factor.");
                AdapterFile.Load(only.Folder, classifier).Attach(classifier);
            }

            return classifier;
        }
        catch
        {
            classifier.Dispose();
            throw;
        }
    }

    /// <summary>The sentence encoder that was named.</summary>
    public SentenceEncoder LoadSentences(CommandRun run, string folder)
    {
        RequireFloat32(run, folder);
        return run.Arguments.GetValue(_adapters) is { Length: > 0 }
            ? throw new UsageException($"--adapter: {folder} is an encoder without a classifier, which takes no adapter.")
            : SentenceEncoder.Load(folder, run.Pool);
    }

    /// <summary>The tokens of the only text, all of which are in the vocabulary.</summary>
    public int[] Tokens(CommandRun run, int vocabularySize) => Texts(run, vocabularySize) is [var only]
        ? only
        : throw new UsageException("--tokens: this command takes one text; give the option once.");

    /// <summary>The tokens of each text, all of which are in the vocabulary.</summary>
    public int[][] Texts(CommandRun run, int vocabularySize)
    {
        int[][] texts = run.Arguments.GetRequiredValue(_tokens);
        return Array.Find([.. texts.SelectMany(ids => ids)], id => id >= vocabularySize) is var wrong and not 0
            ? throw new UsageException($"--tokens: id {wrong} is not in the vocabulary; give ids from 0 to {vocabularySize - 1}.")
            : texts;
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

    private void RequireFloat32(CommandRun run, string folder)
    {
        if (run.Arguments.GetValue(_quantize) != BaseQuantization.None)
        {
            throw new UsageException($"--quantize: {folder} is an encoder, whose weights stay in float32.");
        }
    }
}
