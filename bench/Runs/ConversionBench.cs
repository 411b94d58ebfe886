using System.Diagnostics;
using Temperament.Benchmarks.Peers;
using Temperament.Models.Checkpoints;
using Temperament.Models.Checkpoints.Writing;
using Temperament.Tensors.Diagnostics;
using Temperament.Tensors.Quantization;
using Temperament.Tensors.Threading;

namespace Temperament.Benchmarks.Runs;

/// <summary>
/// A checkpoint in bfloat16 read and packed to NF4 with 8-bit scales, layer after layer into the memory of the one before, as
/// <c>temper model quantize</c> does it: bytes of the checkpoint a second. The file lies in the system's cache; each round maps it anew. What is written after that waits for the disk.
/// </summary>
internal static class ConversionBench
{
    public const string Name = "convert";

    private const string Shape = "smollm2-360m";

    public static void Run(BenchOptions options, ComputePool pool, LimitProbe probe)
    {
        string folder = Directory.CreateTempSubdirectory("temper-bench").FullName;
        try
        {
            RandomCheckpoint.Write(folder, Shape, 1, StoredAs.Bf16, pool);
            Measure(folder, options, pool, probe);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Measure(string folder, BenchOptions options, ComputePool pool, LimitProbe probe)
    {
        double bytes = 0;
        Dictionary<(int Rows, int Columns), Nf4Matrix> packed = [];
        double Rate()
        {
            using ModelSource source = ModelSource.Open(folder);
            WeightSlot[] slots = [.. source.Weights.Where(slot => QuantizedFolderWriter.IsPacked(source, slot))];
            bytes = 2e-9 * slots.Sum(slot => slot.Count);
            long start = Stopwatch.GetTimestamp();
            foreach (WeightSlot slot in slots)
            {
                if (!packed.TryGetValue((slot.Rows, slot.Columns), out Nf4Matrix? matrix))
                {
                    matrix = new Nf4Matrix(slot.Rows, slot.Columns, doubleQuantized: true);
                    packed.Add((slot.Rows, slot.Columns), matrix);
                }

                source.LoadNf4Into(slot.Name, matrix, pool);
            }

            return bytes / Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        Rate();
        double[] rates = new double[options.Rounds], limits = new double[options.Rounds];
        for (int round = 0; round < options.Rounds; round++)
        {
            double before = probe.Read();
            rates[round] = Rate();
            limits[round] = (before + probe.Read()) / 2;
        }

        foreach (Nf4Matrix matrix in packed.Values)
        {
            matrix.Dispose();
        }

        double share = Rounds.MedianRatio(rates, limits);
        Console.WriteLine(FormattableString.Invariant(
            $"\n{Name}\n  {bytes:F2} GB of bfloat16 to NF4: {Rounds.Median(rates):F1} GB/s, {100 * share:F1} % of {Rounds.Median(limits):F1} GB/s (must 25 %, for 50 %)  {Share.Mark(share, 0.25, 0.50)}"));
    }
}
