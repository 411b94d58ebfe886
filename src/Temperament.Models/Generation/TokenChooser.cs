using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;

namespace Temperament.Models.Generation;

/// <summary>From the logits of a step to its tokens, as <see cref="GenerationOptions"/> say.</summary>
/// <param name="pool">Threads.</param>
/// <param name="options">The options.</param>
/// <param name="vocabularySize">Number of tokens, V.</param>
internal sealed class TokenChooser(ComputePool pool, GenerationOptions options, int vocabularySize)
{
    private readonly Sampler _sampler = new(vocabularySize);
    private readonly bool _changesLogits =
        options.LogitBias is not null || options.Banned is not null || options.Constraint is not null || options.RepetitionPenalty != 1;

    /// <summary>Chooses one token for each row.</summary>
    /// <param name="sequences">The sequences that the rows belong to.</param>
    /// <param name="logits">(R, V) logits; they stay as they are.</param>
    /// <param name="scratch">(R, V) is overwritten.</param>
    /// <param name="chosen">Receives the tokens.</param>
    /// <exception cref="NonFiniteLogitsException">There is no token to draw.</exception>
    public void Choose(IReadOnlyList<Sequence> sequences, Tensor logits, Tensor scratch, Span<int> chosen)
    {
        Tensor used = logits;
        if (_changesLogits)
        {
            scratch.CopyFrom(logits);
            used = scratch;
            for (int j = 0; j < chosen.Length; j++)
            {
                Change(sequences[j], scratch.Row(j));
            }
        }

        if (options.Temperature > 0)
        {
            if (!_changesLogits)
            {
                scratch.CopyFrom(logits);
            }

            Elementwise.Scale(pool, scratch, (float)(1 / options.Temperature));
            Softmax.Forward(pool, scratch, scratch);
        }

        for (int j = 0; j < chosen.Length; j++)
        {
            chosen[j] = options.Temperature > 0
                ? _sampler.Draw(scratch.Row(j), options.TopP, options.TopK, options.MinP, sequences[j].Random)
                : Sampler.Greedy(used.Row(j));
            float logit = (options.Temperature > 0 ? logits : used).Row(j)[chosen[j]];
            if (!float.IsFinite(logit) || (options.Temperature > 0 && !(scratch.Row(j)[chosen[j]] >= 0)))
            {
                throw new NonFiniteLogitsException(sequences[j].Number, sequences[j].Tokens.Count, logit, options.Temperature);
            }
        }
    }

    private void Change(Sequence sequence, Span<float> logits)
    {
        foreach ((int token, float bias) in options.LogitBias ?? new Dictionary<int, float>())
        {
            logits[token] += bias;
        }

        foreach (int token in options.Banned ?? new HashSet<int>())
        {
            logits[token] = float.NegativeInfinity;
        }

        sequence.Constraint?.Apply(logits);
        if (options.RepetitionPenalty != 1)
        {
            var penalty = (float)options.RepetitionPenalty;
            foreach (int token in sequence.Seen)
            {
                logits[token] = logits[token] > 0 ? logits[token] / penalty : logits[token] * penalty;
            }
        }
    }
}
