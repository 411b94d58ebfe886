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
}
