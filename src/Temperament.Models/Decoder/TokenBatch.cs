namespace Temperament.Models.Decoder;

/// <summary>One sequence of tokens.</summary>
/// <param name="Tokens">Token ids.</param>
/// <param name="Targets">Targets[i] is the token to be predicted at position i, or <see cref="TokenBatch.NoTarget"/>; null for none at all.</param>
public sealed record TokenSequence(int[] Tokens, int[]? Targets = null);

/// <summary>
/// Sequences laid end to end in R rows, without padding: a row's result depends on its own sequence only, so neither the batch nor the
/// order of its sequences changes any bit.
/// </summary>
public sealed class TokenBatch
{
    /// <summary>Says that a position has nothing to predict; the label that other trainers use too.</summary>
    public const int NoTarget = -100;

    private TokenBatch(int[] tokens, int[] positions, int[] targets, int[] starts)
    {
        Tokens = tokens;
        Positions = positions;
        Targets = targets;
        Starts = starts;
        foreach (int target in targets)
        {
            TargetCount += target == NoTarget ? 0 : 1;
        }
    }

    /// <summary>(R) token ids.</summary>
    public int[] Tokens { get; }

    /// <summary>(R) position of each row within its sequence.</summary>
    public int[] Positions { get; }

    /// <summary>(R) token to be predicted at each row, or <see cref="NoTarget"/>.</summary>
    public int[] Targets { get; }

    /// <summary>First row of each sequence, and R at the end.</summary>
    public int[] Starts { get; }

    /// <summary>Number of rows, R.</summary>
    public int Rows => Tokens.Length;

    /// <summary>Number of sequences.</summary>
    public int Sequences => Starts.Length - 1;

    /// <summary>Number of rows that have a target.</summary>
    public int TargetCount { get; }

    /// <summary>Largest position + 1.</summary>
    public int Length
    {
        get
        {
            int length = 0;
            foreach (int position in Positions)
            {
                length = Math.Max(length, position + 1);
            }

            return length;
        }
    }

    /// <summary>Lays sequences end to end.</summary>
    /// <param name="sequences">Sequences of at least one token each.</param>
    /// <param name="firstPositions">Position of the first token of each sequence, where a cache holds those before; null for 0.</param>
    /// <exception cref="ArgumentException">A sequence is empty, or has another number of targets than of tokens.</exception>
    public static TokenBatch From(IReadOnlyList<TokenSequence> sequences, IReadOnlyList<int>? firstPositions = null)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        int rows = 0;
        var starts = new int[sequences.Count + 1];
        for (int s = 0; s < sequences.Count; s++)
        {
            int length = sequences[s].Tokens.Length;
            if (length == 0 || (sequences[s].Targets is { } targets && targets.Length != length))
            {
                throw new ArgumentException($"Sequence {s} has {length} tokens and {sequences[s].Targets?.Length ?? length} targets; "
                    + "it must have at least one token and as many targets.", nameof(sequences));
            }

            rows += length;
            starts[s + 1] = rows;
        }

        var (tokens, positions, labels) = (new int[rows], new int[rows], new int[rows]);
        Array.Fill(labels, NoTarget);
        for (int s = 0; s < sequences.Count; s++)
        {
            sequences[s].Tokens.CopyTo(tokens, starts[s]);
            sequences[s].Targets?.CopyTo(labels, starts[s]);
            int first = firstPositions?[s] ?? 0;
            for (int r = starts[s]; r < starts[s + 1]; r++)
            {
                positions[r] = first + r - starts[s];
            }
        }

        return new TokenBatch(tokens, positions, labels, starts);
    }
}
