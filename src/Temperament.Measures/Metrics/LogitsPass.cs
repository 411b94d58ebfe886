using Temperament.Models.Decoder;
using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;

namespace Temperament.Measures.Metrics;

/// <summary>Sees the logits of one position.</summary>
/// <param name="sequence">Number of the sequence.</param>
/// <param name="position">Position whose next token the logits predict.</param>
/// <param name="logits">(V) logits.</param>
/// <param name="logSumExp">ln sum e^logit, so that logit - logSumExp is a log-probability.</param>
internal delegate void LogitsVisitor(int sequence, int position, ReadOnlySpan<float> logits, float logSumExp);

/// <summary>Runs sequences through a network and shows the logits of the positions from a first one on, in order.</summary>
internal static class LogitsPass
{
    private const int MostRows = 1024;
    private const int LogitRows = 64;

    public static void Run(DecoderNetwork network, IReadOnlyList<int[]> sequences, IReadOnlyList<int> firstPositions, LogitsVisitor visit)
    {
        using var state = new DecoderState(keepsActivations: false);
        Tensor hidden = Tensor.Zeros(LogitRows, network.Config.HiddenSize);
        Tensor logits = Tensor.Zeros(LogitRows, network.Config.VocabularySize), sums = Tensor.Zeros(1, LogitRows);
        for (int start = 0; start < sequences.Count;)
        {
            int end = BatchEnd(sequences, start);
            TokenBatch batch = TokenBatch.From([.. sequences.Skip(start).Take(end - start).Select(tokens => new TokenSequence(tokens))]);
            Tensor final = network.Forward(batch, state);
            (int Sequence, int Position)[] wanted =
            [
                .. Enumerable.Range(start, end - start).SelectMany(s =>
                    Enumerable.Range(firstPositions[s], sequences[s].Length - firstPositions[s]).Select(p => (s, p))),
            ];
            for (int from = 0; from < wanted.Length; from += LogitRows)
            {
                int count = Math.Min(LogitRows, wanted.Length - from);
                for (int i = 0; i < count; i++)
                {
                    (int s, int position) = wanted[from + i];
                    final.Row(batch.Starts[s - start] + position).CopyTo(hidden.Row(i));
                }

                network.Logits(logits.SliceRows(0, count), hidden.SliceRows(0, count));
                Softmax.LogSumExp(network.Pool, sums.SliceColumns(0, count), logits.SliceRows(0, count));
                for (int i = 0; i < count; i++)
                {
                    visit(wanted[from + i].Sequence, wanted[from + i].Position, logits.Row(i), sums[0, i]);
                }
            }

            start = end;
        }
    }

    internal static int BatchEnd(IReadOnlyList<int[]> sequences, int start)
    {
        int end = start, rows = 0;
        while (end < sequences.Count && (end == start || rows + sequences[end].Length <= MostRows))
        {
            rows += sequences[end++].Length;
        }

        return end;
    }
}
