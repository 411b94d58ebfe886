using System.CommandLine;
using Temperament.Cli.Hosting;
using Temperament.Cli.Options;
using Temperament.Cli.Rendering;
using Temperament.Models;
using Temperament.Models.Decoder;
using Temperament.Models.Encoders;
using Temperament.Tensors.Memory;

namespace Temperament.Cli.Commands;

/// <summary><c>temper model gradients</c>: how a loss changes with every parameter.</summary>
internal static class ModelGradientsCommand
{
    public static Command Create(CommandHost host)
    {
        var choices = new PassChoices("Token ids of a text; given again, of another, and the mean over all texts counts.");
        Option<int> first = Numbers.Integer("--first-target", "N", "Decoders: position of the first token that is to be predicted.", 1, int.MaxValue, 1);
        Option<int[]> labels = Numbers.List("--labels", "0,2,…", "Classifiers: the class of each text, counted from 0.");
        return host.Define("gradients",
            "Writes the gradient of a loss by every float32 parameter, under its name and in its shape in the checkpoint: of the mean next-token loss; of the mean loss of the classes of a classifier; for a sentence encoder, of the cosine of two texts.",
            ["temper model gradients organism --tokens 1,15,27 --out gradients.safetensors",
                "temper model gradients MODEL --tokens 1,15,27,4 --first-target 2 --reference gradients.safetensors",
                "temper model gradients CLASSIFIER --tokens 2,15,3 --tokens 2,27,4,3 --labels 0,2 --out gradients.safetensors"],
            [.. choices.Symbols, first, labels], run =>
            {
                choices.RequireResult(run);
                if (ModelOpening.Encoder(choices.Model(run)) is (var folder, var config))
                {
                    EncoderInput[] texts = [.. choices.Texts(run, config.Shape.VocabularySize).Select(ids => new EncoderInput(ids))];
                    TensorResults.Deliver(run, choices, config.Labels.Count > 0
                        ? OfClassifier(run, choices, folder, texts, Classes(run.Arguments.GetValue(labels)!, texts.Length, config.Labels.Count))
                        : OfSentences(run, choices, folder, texts));
                    return;
                }

                using LanguageModel loaded = choices.Load(run);
                TensorResults.Deliver(run, choices, OfDecoder(loaded, choices.Texts(run, loaded.Config.VocabularySize), run.Arguments.GetValue(first)));
            });
    }

    private static TensorResult[] OfDecoder(LanguageModel model, int[][] texts, int firstTarget)
    {
        TokenBatch batch = TokenBatch.From([.. texts.Select(tokens => Sequence(tokens, firstTarget))]);
        Parameter[] parameters = Trainable(model.Network.Weights.Parameters);
        using var state = new DecoderState(keepsActivations: true);
        LanguageLoss.Backward(model.Network, batch, state, 1f / batch.TargetCount);
        return [.. parameters.Select(p => Result(p, model.Config.Layout.StoresTransposed(p.Name)))];
    }

    private static TokenSequence Sequence(int[] tokens, int firstTarget)
    {
        if (tokens.Length < 2)
        {
            throw new UsageException("--tokens: one token predicts nothing; give two or more.");
        }

        return firstTarget < tokens.Length
            ? new TokenSequence(tokens, [.. tokens.Skip(1).Select((token, i) => i + 1 >= firstTarget ? token : TokenBatch.NoTarget), TokenBatch.NoTarget])
            : throw new UsageException(
                $"--first-target {firstTarget}: there are {tokens.Length} tokens, counted from 0; give 1 to {tokens.Length - 1}.");
    }

    private static int[] Classes(int[] labels, int texts, int classes) =>
        labels.Length == 0 ? throw new UsageException("--labels: a classifier needs the class of each text, as in --labels 0,2.") :
        labels.Length != texts ? throw new UsageException($"--labels: {labels.Length} classes for {texts} texts; give one for each --tokens.") :
        labels.Max() >= classes ? throw new UsageException($"--labels: there is no class {labels.Max()}; give numbers from 0 to {classes - 1}.") : labels;

    private static TensorResult[] OfClassifier(CommandRun run, PassChoices choices, string folder, EncoderInput[] texts, int[] labels)
    {
        using TextClassifier classifier = choices.LoadClassifier(run, folder);
        Parameter[] parameters = Trainable(classifier.Parameters);
        using var state = new EncoderState(keepsActivations: true);
        classifier.Backward(texts, labels, state, 1f / texts.Length);
        return [.. parameters.Select(p => Result(p, transposed: false))];
    }

    // The cosine of two embeddings of length 1 is their product, whose gradient by each is the other.
    private static TensorResult[] OfSentences(CommandRun run, PassChoices choices, string folder, EncoderInput[] texts)
    {
        if (texts.Length != 2)
        {
            throw new UsageException("--tokens: the cosine of a sentence encoder is that of two texts; give the option twice.");
        }

        using SentenceEncoder encoder = choices.LoadSentences(run, folder);
        Parameter[] parameters = Trainable(encoder.Encoder.Weights.Parameters);
        using var state = new EncoderState(keepsActivations: true);
        encoder.Backward(texts, state, embeddings =>
        {
            Tensor gradient = Tensor.Zeros(2, embeddings.Columns);
            embeddings.Row(0).CopyTo(gradient.Row(1));
            embeddings.Row(1).CopyTo(gradient.Row(0));
            return gradient;
        });
        return [.. parameters.Select(p => Result(p, transposed: false))];
    }

    private static Parameter[] Trainable(IEnumerable<Parameter> parameters)
    {
        Parameter[] all = [.. parameters];
        foreach (Parameter parameter in all)
        {
            parameter.SetTrainable(true);
        }

        return all;
    }

    private static TensorResult Result(Parameter parameter, bool transposed)
    {
        Tensor gradient = parameter.Gradient;
        if (!transposed)
        {
            return new TensorResult(
                parameter.Name, gradient.Rows == 1 ? [gradient.Columns] : [gradient.Rows, gradient.Columns], gradient.Span.ToArray());
        }

        var values = new float[gradient.Count];
        for (int r = 0; r < gradient.Rows; r++)
        {
            for (int c = 0; c < gradient.Columns; c++)
            {
                values[(c * gradient.Rows) + r] = gradient[r, c];
            }
        }

        return new TensorResult(parameter.Name, [gradient.Columns, gradient.Rows], values);
    }
}
