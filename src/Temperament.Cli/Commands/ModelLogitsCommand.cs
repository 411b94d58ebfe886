using System.CommandLine;
using Temperament.Cli.Hosting;
using Temperament.Cli.Options;
using Temperament.Cli.Rendering;
using Temperament.Models;
using Temperament.Models.Decoder;
using Temperament.Models.Encoders;
using Temperament.Tensors.Memory;

namespace Temperament.Cli.Commands;

/// <summary><c>temper model logits</c>: what a model gives for some tokens.</summary>
internal static class ModelLogitsCommand
{
    public static Command Create(CommandHost host)
    {
        var choices = new PassChoices();
        Option<bool> last = new("--last") { Description = "Those of the last position alone, (V)." };
        return host.Define("logits",
            "Writes the logits of every position as tensor \"logits\" (T, V) in float32; those of the classes of a classifier (labels), or the \"embedding\" (C) of a sentence encoder.",
            ["temper model logits organism --tokens 1,15,27 --out logits.safetensors",
                "temper model logits MODEL --tokens 1,15 --adapter adapters/e-high --quantize nf4 --out logits.safetensors",
                "temper model logits MODEL --tokens 1,15 --reference oracle.safetensors --sequence s2"],
            [.. choices.Symbols, last], run =>
            {
                choices.RequireResult(run);
                TensorResults.Deliver(run, choices, [Compute(run, choices, run.Arguments.GetValue(last))]);
            });
    }

    private static TensorResult Compute(CommandRun run, PassChoices choices, bool last)
    {
        if (ModelOpening.Encoder(choices.Model(run)) is { } encoder)
        {
            return OfEncoder(run, choices, encoder.Folder, encoder.Config);
        }

        using LanguageModel loaded = choices.Load(run);
        Tensor logits = SinglePass.Logits(loaded.Network, choices.Tokens(run, loaded.Config.VocabularySize));
        return last
            ? new TensorResult("logits", [logits.Columns], logits.SliceRows(logits.Rows - 1, 1).ToArray())
            : new TensorResult("logits", [logits.Rows, logits.Columns], logits.ToArray());
    }

    private static TensorResult OfEncoder(CommandRun run, PassChoices choices, string folder, EncoderConfig config)
    {
        var input = new EncoderInput(choices.Tokens(run, config.Shape.VocabularySize));
        if (config.Labels.Count == 0)
        {
            using SentenceEncoder sentences = choices.LoadSentences(run, folder);
            return new TensorResult("embedding", [sentences.Width], sentences.Embed([input]).ToArray());
        }

        using TextClassifier classifier = choices.LoadClassifier(run, folder);
        using var state = new EncoderState(keepsActivations: false);
        return new TensorResult("logits", [config.Labels.Count], classifier.Logits([input], state).ToArray());
    }
}
