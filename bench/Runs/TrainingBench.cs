using System.Diagnostics;
using Temperament.Benchmarks.Kernels;
using Temperament.Benchmarks.Peers;
using Temperament.Methods.Training;
using Temperament.Models.Decoder;
using Temperament.Tensors.Diagnostics;
using Temperament.Tensors.Threading;

namespace Temperament.Benchmarks.Runs;

/// <summary><c>qlora</c>: steps of training at shapes of real models: tokens a second, share of the multiply-adds, peak memory, and where the time goes.</summary>
internal static class TrainingBench
{
    // A sample lasts at least a second; steps that last longer than three are measured three times only.
    private const double LeastSeconds = 1, LongSeconds = 3, WarmSeconds = 4;
    private const double GiB = 1 << 30;

    public static int Run(BenchOptions options)
    {
        var clock = new KernelClock();
        using var pool = new ComputePool(options.Threads) { Clock = clock };
        using var probe = new LimitProbe(pool);
        LimitTable.Print(MachineLimits.Measure(options.Threads));
        TrainingCase[] cases = [.. TrainingCase.All.Where(c => options.Filter.Length == 0 ? c.Shape != ModelShape.Llama7B : c.Name.Contains(options.Filter, StringComparison.OrdinalIgnoreCase))];
        var theirs = new Dictionary<DecoderConfig, double>();
        foreach (TrainingCase each in cases)
        {
            Measure(each, pool, probe, clock, Math.Min(options.Rounds, 5), theirs);
        }

        if (options.Filter.Length > 0 && WholeTraining.Name.Contains(options.Filter, StringComparison.OrdinalIgnoreCase))
        {
            return WholeTraining.Run(options, pool, probe);
        }

        return cases.Length > 0 ? 0 : 2;
    }

    private static void Measure(TrainingCase each, ComputePool pool, LimitProbe probe, KernelClock clock, int rounds, Dictionary<DecoderConfig, double> theirs)
    {
        using TrainingPeer? peer = each.Peer is null ? null : TrainingPeer.Open(each, pool);
        PeakMemory.Reset();
        (RandomModel model, Trainer trainer, TokenBatch batch) = each.Prepare(pool);
        using (model)
        using (trainer)
        {
            double estimate = TrainingMemory.Estimate(model.Network, trainer.Parameters, each.Tokens, batch.TargetCount, trainer.Config).Total - probe.Bytes - GradientsThere(trainer);
            double once = Settle(() => trainer.Step([batch], TrainingCase.Rate));
            int steps = Math.Max(1, (int)(LeastSeconds / once));
            peer?.Prepare(model.Network, batch);
            rounds = once > LongSeconds ? Math.Min(rounds, 3) : rounds;
            double[] seconds = new double[rounds], limits = new double[rounds];
            var times = new List<KernelTime>();
            long allocated = 0;
            for (int round = 0; round < rounds; round++)
            {
                double before = probe.MultiplyAdd();
                clock.Reset();
                long managed = GC.GetAllocatedBytesForCurrentThread();
                seconds[round] = Seconds(() =>
                {
                    for (int s = 0; s < steps; s++)
                    {
                        trainer.Step([batch], TrainingCase.Rate);
                    }
                }) / steps;
                allocated = (GC.GetAllocatedBytesForCurrentThread() - managed) / steps;
                times = [.. clock.Times];
                limits[round] = (before + probe.MultiplyAdd()) / 2;
                peer?.Measure(steps);
            }

            double time = Rounds.Median(seconds), share = Rounds.Median(seconds.Zip(limits, (s, limit) => each.Operations / s * 1e-9 / limit));
            string mark = share >= each.Reach ? "PASS+" : share >= each.Must ? "PASS" : "miss";
            Console.WriteLine(FormattableString.Invariant(
                $"\n{each.Name}: {each.Lengths.Count} x {each.Tokens / each.Lengths.Count} tokens a step, {time:F3} s"));
            Console.WriteLine(FormattableString.Invariant(
                $"  {each.Tokens / time:F1} tokens/s, {each.Operations / time * 1e-9:F0} GFLOP/s, {100 * share:F1} % of {Rounds.Median(limits):F0} (must {100 * each.Must:F0} %, for {100 * each.Reach:F0} %)  {mark}"));
            if (each.Checkpointing)
            {
                Console.WriteLine(FormattableString.Invariant(
                    $"  without the second pass of the head and of the last layers, which is counted but need not be done: {100 * share * each.OperationsDone / each.Operations:F1} %"));
            }

            double bytes = PeakMemory.Bytes - probe.Bytes, peak = bytes / GiB;
            Console.WriteLine(FormattableString.Invariant(
                $"  peak memory {peak:F2} GiB{MemoryMark(each, peak)}, of which weights {model.WeightBytes / GiB:F2}, trained {trainer.TrainedBytes / GiB:F2}, activations {trainer.ActivationBytes / GiB:F2}; {allocated} managed bytes a step"));
            Console.WriteLine(FormattableString.Invariant($"  estimated before the first step: {estimate / GiB:F2} GiB, {estimate / bytes:F2} of the peak (must be within 15 %)"));
            peer?.Print(seconds, bytes);
            if (peer is not null)
            {
                theirs[each.Shape] = peer.PeakBytes;
            }
            else if (double.IsFinite(each.MustShare) && theirs.TryGetValue(each.Shape, out double most))
            {
                TrainingPeer.PrintMemory(bytes, most, each.MustShare, each.ReachShare);
            }

            TimeTable.Print(TimeTable.Of(times, seconds[^1] * steps));
        }
    }

    // Gradients and moments are there when a trainer is; before it, as a run estimates, they are not.
    private static long GradientsThere(Trainer trainer) => trainer.TrainedBytes - trainer.Parameters.Sum(p => sizeof(float) * p.Value.Count);

    private static string MemoryMark(TrainingCase each, double peak) => double.IsFinite(each.MustGiB)
        ? FormattableString.Invariant($" (must {each.MustGiB:F1}, for {each.ReachGiB:F1})  {(peak <= each.ReachGiB ? "PASS+" : peak <= each.MustGiB ? "PASS" : "miss")}")
        : "";

    // In its first seconds a process still compiles, on the processors that the step would have.
    private static double Settle(Action step)
    {
        double once = Seconds(step);
        for (double all = once; all < WarmSeconds; all += once)
        {
            once = Seconds(step);
        }

        return once;
    }

    private static double Seconds(Action run)
    {
        long start = Stopwatch.GetTimestamp();
        run();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
