using Temperament.Models.Decoder;
using Temperament.Models.Text;

namespace Temperament.Methods.Training;

/// <summary>One conversation as a trainer sees it.</summary>
/// <param name="Sequence">Tokens, and for each the token to be predicted.</param>
/// <param name="TrainsStop">Whether the token that ends the answer is among the targets.</param>
public sealed record TrainingSample(TokenSequence Sequence, bool TrainsStop)
{
    /// <summary>Makes a sample of a conversation whose last turn is the answer. Tokens behind the last target are left out: they could not
    /// change anything.</summary>
    /// <param name="chat">Encodes the conversation, and finds the answer and its end in it.</param>
    /// <param name="messages">Turns; the last is the assistant's.</param>
    /// <param name="part">Which tokens are trained.</param>
    /// <param name="trainsStop">Whether the token that ends the answer is trained too.</param>
    public static TrainingSample Of(ChatEncoder chat, IReadOnlyList<ChatMessage> messages, TrainedPart part, bool trainsStop)
    {
        ArgumentNullException.ThrowIfNull(chat);
        ChatExample example = chat.EncodeExample(messages);
        bool IsTarget(int token) => token == example.StopIndex ? trainsStop : part == TrainedPart.Sequence || example.IsAnswer[token];
        int last = Enumerable.Range(1, Math.Max(0, example.Tokens.Length - 1)).LastOrDefault(IsTarget);
        int[] tokens = example.Tokens[..Math.Max(1, last)];
        var targets = new int[tokens.Length];
        for (int row = 0; row < targets.Length; row++)
        {
            targets[row] = last > 0 && IsTarget(row + 1) ? example.Tokens[row + 1] : TokenBatch.NoTarget;
        }

        return new TrainingSample(new TokenSequence(tokens, targets), trainsStop && example.StopIndex > 0 && example.StopIndex <= last);
    }

    /// <summary>Deals with samples of more tokens than allowed.</summary>
    /// <param name="samples">The samples.</param>
    /// <param name="limit">Largest number of tokens.</param>
    /// <param name="policy">What is done with longer ones.</param>
    /// <exception cref="TrainingException">One is longer, and the policy is to refuse it; or none is left.</exception>
    public static IReadOnlyList<TrainingSample> Fit(IReadOnlyList<TrainingSample> samples, int limit, LongSample policy)
    {
        ArgumentNullException.ThrowIfNull(samples);
        int count = samples.Count(s => s.Sequence.Tokens.Length > limit);
        if (count == 0)
        {
            return samples;
        }

        if (policy == LongSample.Refuse)
        {
            int first = samples.TakeWhile(s => s.Sequence.Tokens.Length <= limit).Count();
            throw new TrainingException($"Sample {first + 1} has {samples[first].Sequence.Tokens.Length} tokens, {count} of {samples.Count} have more than {limit}; "
                + "the model was made for no more, or the recipe allows no more. Set data.longSamples to \"skip\" or \"cut\", or raise data.maxTokens.");
        }

        TrainingSample[] left = policy == LongSample.Skip
            ? [.. samples.Where(s => s.Sequence.Tokens.Length <= limit)]
            : [.. samples.Select(s => s.Sequence.Tokens.Length <= limit ? s
                : new TrainingSample(new TokenSequence(s.Sequence.Tokens[..limit], s.Sequence.Targets![..limit]), TrainsStop: false))];
        return left.Length > 0 ? left : throw new TrainingException($"All {samples.Count} samples have more than {limit} tokens; none is left to train on.");
    }
}
