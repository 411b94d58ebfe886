using System.CommandLine;
using Temperament.Cli.Hosting;
using Temperament.Cli.Options;
using Temperament.Cli.Rendering;
using Temperament.Models;
using Temperament.Models.Decoder;
using Temperament.Tensors.Memory;

namespace Temperament.Cli.Commands;

/// <summary><c>temper model gradients</c>: how the loss of some tokens changes with every parameter.</summary>
internal static class ModelGradientsCommand
{
    public static Command Create(CommandHost host)
    {
        var choices = new PassChoices();
        Option<int> first = Numbers.Integer("--first-target", "N", "Position of the first token that is to be predicted.", 1, int.MaxValue, 1);
        return host.Define("gradients",
            "Writes the gradient of the mean next-token loss by every float32 parameter, under its name and in its shape in the checkpoint.",
            ["temper model gradients organism --tokens 1,15,27 --out gradients.safetensors",
                "temper model gradients MODEL --tokens 1,15,27,4 --first-target 2 --reference gradients.safetensors"],
            [.. choices.Symbols, first], run =>
            {
                choices.RequireResult(run);
                using LanguageModel loaded = choices.Load(run);
                int[] tokens = choices.Tokens(run, loaded.Config.VocabularySize);
                if (tokens.Length < 2)
                {
                    throw new UsageException("--tokens: one token predicts nothing; give two or more.");
                }

                int start = run.Arguments.GetValue(first);
                if (start >= tokens.Length)
                {
                    throw new UsageException($"--first-target {start}: there are {tokens.Length} tokens, counted from 0; give 1 to {tokens.Length - 1}.");
                }

                TensorResults.Deliver(run, choices, Compute(loaded, tokens, start));
            });
    }

    private static TensorResult[] Compute(LanguageModel model, int[] tokens, int firstTarget)
    {
        Parameter[] parameters = [.. model.Network.Weights.Parameters];
        foreach (Parameter parameter in parameters)
        {
            parameter.SetTrainable(true);
        }

        int[] targets = [.. tokens.Skip(1).Select((token, i) => i + 1 >= firstTarget ? token : TokenBatch.NoTarget), TokenBatch.NoTarget];
        TokenBatch batch = TokenBatch.From([new TokenSequence(tokens, targets)]);
        using var state = new DecoderState(keepsActivations: true);
        LanguageLoss.Backward(model.Network, batch, state, 1f / batch.TargetCount);
        return [.. parameters.Select(p => Result(p, model.Config.Layout.StoresTransposed(p.Name)))];
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
