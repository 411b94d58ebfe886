using System.Globalization;

namespace Temperament.Models.Replay;

/// <summary>How far the answers of two models to the same texts are apart.</summary>
public sealed class ReplayComparison
{
    /// <summary>Largest <see cref="NormalizedError"/> of a model that is the same: its numbers are equal, its sums may be cut in another way.</summary>
    public const double Same = 1e-9;

    private const int Shown = 8;

    private double _error;
    private double _norm;
    private double _absolute;
    private long _logits;

    /// <summary>Number of texts.</summary>
    public int Texts { get; private set; }

    /// <summary>Number of texts after which the same token is the likeliest.</summary>
    public int SameFirst { get; private set; }

    /// <summary>Whether the greedy continuations are the same tokens.</summary>
    public bool Greedy { get; internal set; }

    /// <summary>Largest difference of a kept logit.</summary>
    public double LargestError { get; private set; }

    /// <summary>Mean difference of the kept logits.</summary>
    public double MeanError => _logits == 0 ? 0 : _absolute / _logits;

    /// <summary>Squared differences of the kept logits over their squares, each less the mean of its text.</summary>
    public double NormalizedError => _norm == 0 ? _error : _error / _norm;

    /// <summary>What differs that must not: token ids, or the conversation; null for nothing.</summary>
    public string? Fault { get; private set; }

    /// <summary>Share of the texts after which the same token is the likeliest.</summary>
    public double Agreement => Texts == 0 ? 0 : (double)SameFirst / Texts;

    internal void Add(ReplayRow row, int[] tokens, Func<float[]> read)
    {
        Note(tokens.AsSpan().SequenceEqual(row.Tokens),
            $"\"{row.Text}\" has the tokens {string.Join(", ", tokens.Take(Shown))} in place of {string.Join(", ", row.Tokens.Take(Shown))}");
        if (Fault is not null)
        {
            return;
        }

        float[] logits = read();
        Note(row.Top.Max() < logits.Length, $"{logits.Length} logits, where there is one for token {row.Top.Max()}");
        if (Fault is not null)
        {
            return;
        }

        Texts++;
        double mean = row.Logits.Average();
        for (int i = 0; i < row.Top.Length; i++)
        {
            double difference = Math.Abs((double)logits[row.Top[i]] - row.Logits[i]);
            LargestError = Math.Max(LargestError, double.IsNaN(difference) ? double.PositiveInfinity : difference);
            _absolute += difference;
            _error += difference * difference;
            _norm += (row.Logits[i] - mean) * (row.Logits[i] - mean);
            _logits++;
        }

        float largest = logits.Max();
        SameFirst += logits[row.Top[0]] == largest ? 1 : 0;
    }

    internal void Note(bool holds, string fault) => Fault ??= holds ? null : fault;

    /// <summary>Throws unless the two models are the same.</summary>
    /// <param name="path">The model that was compared.</param>
    /// <exception cref="ReplayException">They are not.</exception>
    public void RequireSame(string path)
    {
        string? differs = Fault
            ?? (!(NormalizedError <= Same) ? string.Create(CultureInfo.InvariantCulture,
                $"the logits of {Texts} texts differ by up to {LargestError:G4} (normalised squared error {NormalizedError:E2}; at most {Same:E0} is expected)") : null)
            ?? (!Greedy ? "greedy continuations have other tokens" : null);
        if (differs is not null)
        {
            throw new ReplayException($"{path}: {differs}. What was loaded is not the model that was written.");
        }
    }
}
