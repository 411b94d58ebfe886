using Temperament.Benchmarks.Peers;
using Temperament.Models.Decoder;
using Temperament.Tensors.Threading;

namespace Temperament.Benchmarks.Runs;

/// <summary>PyTorch at the same training, in turns with ours.</summary>
internal sealed class TrainingPeer : IDisposable
{
    private const double GiB = 1 << 30;

    private readonly TrainingCase _case;
    private readonly TorchTraining _torch;
    private readonly double _difference;
    private readonly List<double> _seconds = [];

    private TrainingPeer(TrainingCase each, TorchTraining torch, double difference) => (_case, _torch, _difference) = (each, torch, difference);

    /// <summary>Compares the losses of a small model first; null, with a sentence printed, where there is no PyTorch.</summary>
    public static TrainingPeer? Open(TrainingCase each, ComputePool pool)
    {
        if (TorchTraining.Open(pool.Threads, out string absent) is not { } torch)
        {
            Console.WriteLine($"\n{each.Name}: {absent}");
            return null;
        }

        return new TrainingPeer(each, torch, torch.Compare(each, pool));
    }

    /// <summary>The most memory that it had, in bytes.</summary>
    public double PeakBytes { get; private set; }

    /// <summary>Makes its model, and does a step that is not measured.</summary>
    public void Prepare(DecoderNetwork network, TokenBatch batch)
    {
        _torch.Prepare(_case, network, batch);
        _ = _torch.Steps(1);
    }

    /// <summary>Does some steps of a round.</summary>
    public void Measure(int steps)
    {
        (_, double seconds, PeakBytes) = _torch.Steps(steps);
        _seconds.Add(seconds);
    }

    /// <summary>Prints it beside ours.</summary>
    /// <param name="ours">Seconds of our step in each round.</param>
    /// <param name="peak">Our peak of memory, in bytes.</param>
    public void Print(double[] ours, double peak)
    {
        PeerDemand asked = _case.Peer!;
        double ratio = Rounds.MedianRatio(_seconds, ours);
        Console.WriteLine(FormattableString.Invariant(
            $"  {_torch.Description}, float32: {_case.Tokens / Rounds.Median(_seconds):F1} tokens/s, peak memory {PeakBytes / GiB:F2} GiB; losses of a small model agree to {_difference:E0}"));
        Console.WriteLine(FormattableString.Invariant(
            $"  ours is {ratio:F2} times as fast (must {asked.Must}, for {asked.Reach})  {Share.Mark(ratio, asked.Must, asked.Reach)}"));
        PrintMemory(peak, PeakBytes, double.PositiveInfinity, double.PositiveInfinity);
    }

    /// <summary>Prints how much less memory ours takes.</summary>
    /// <param name="ours">Our peak, in bytes.</param>
    /// <param name="theirs">Its peak, in bytes.</param>
    /// <param name="must">Share that may be taken; infinite where nothing is asked.</param>
    /// <param name="reach">Share to reach for.</param>
    public static void PrintMemory(double ours, double theirs, double must, double reach) => Console.WriteLine(
        FormattableString.Invariant($"  with {theirs / ours:F1} times less memory than PyTorch in float32, which keeps all activations") + (double.IsFinite(must)
            ? FormattableString.Invariant($" (must {1 / must:F0}, for {1 / reach:F0})  {Share.MarkLow(ours / theirs, must, reach)}") : ""));

    public void Dispose() => _torch.Dispose();
}
