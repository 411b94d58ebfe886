using Temperament.Models.Decoder;

namespace Temperament.Methods.Training;

/// <summary>Turns padded rows of another trainer into sequences without padding.</summary>
/// <param name="path">File, for messages.</param>
/// <param name="vocabulary">Number of tokens.</param>
internal sealed class BatchRows(string path, int vocabulary)
{
    private readonly List<TokenSequence> _sequences = [];
    private readonly List<(int Row, int Start, int Length)> _places = [];

    /// <summary>The sequences, in order.</summary>
    public IReadOnlyList<TokenSequence> Sequences => _sequences;

    /// <summary>Row, first column and length of each sequence in the padded rows.</summary>
    public IReadOnlyList<(int Row, int Start, int Length)> Places => _places;

    /// <summary>Adds the sequences of one row: one, or one for each segment.</summary>
    /// <param name="row">Number of the row within the micro-batch.</param>
    /// <param name="place">Where it stands, for messages.</param>
    /// <param name="tokens">(T) token ids.</param>
    /// <param name="labels">(T) what is to be predicted at the position before, or -100.</param>
    /// <param name="segments">(T) number of the segment from 1, 0 for padding.</param>
    public void Add(int row, string place, ReadOnlySpan<int> tokens, ReadOnlySpan<int> labels, ReadOnlySpan<int> segments)
    {
        int length = 0;
        while (length < segments.Length && segments[length] != 0)
        {
            length++;
        }

        if (segments[length..].IndexOfAnyExcept(0) >= 0)
        {
            throw Fault(place, "an attention_mask with a gap", "ones, then zeros: padding on the right", "Pad on the right, or write a row a sequence.");
        }

        if (labels[length..].IndexOfAnyExcept(TokenBatch.NoTarget) >= 0)
        {
            throw Fault(place, "a label under padding", "-100 where attention_mask is 0", "Mask padding by its position, not by the id of its token.");
        }

        for (int start = 0; start < length;)
        {
            int end = start + 1;
            while (end < length && segments[end] == segments[start])
            {
                end++;
            }

            AddSequence(row, place, start, tokens[start..end], labels[start..end]);
            start = end;
        }
    }

    /// <summary>A fault of the file.</summary>
    public TrainingException Fault(string place, string read, string expected, string hint) =>
        new($"{path}, {place}: read {read}; expected {expected}. {hint}");

    private void AddSequence(int row, string place, int start, ReadOnlySpan<int> tokens, ReadOnlySpan<int> labels)
    {
        var targets = new int[tokens.Length];
        for (int i = 0; i < tokens.Length; i++)
        {
            int target = i + 1 < tokens.Length ? labels[i + 1] : TokenBatch.NoTarget;
            if ((uint)tokens[i] >= (uint)vocabulary || (target != TokenBatch.NoTarget && (uint)target >= (uint)vocabulary))
            {
                throw Fault(place, $"token {tokens[i]} with the label {target} at position {start + i}", $"ids below {vocabulary}, or the label -100",
                    "The batches were tokenised for another model.");
            }

            targets[i] = target;
        }

        _sequences.Add(new TokenSequence(tokens.ToArray(), targets));
        _places.Add((row, start, tokens.Length));
    }
}
