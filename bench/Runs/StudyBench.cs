using System.Diagnostics;
using Temperament.Benchmarks.Reports;
using Temperament.Studies.Running;
using Temperament.Studies.Specification;
using Temperament.Tensors.Diagnostics;
using Temperament.Tensors.Threading;

namespace Temperament.Benchmarks.Runs;

/// <summary>
/// <c>study</c>: the main work of the embedded study, timed, and where the time goes. One adapter of its primary arm is trained and asked,
/// and the unchanged model is asked and probed; <c>study whole</c> runs all of it.
/// </summary>
internal static class StudyBench
{
    public static int Run(BenchOptions options)
    {
        string folder = Directory.CreateTempSubdirectory("temper-bench-study").FullName;
        try
        {
            OpenedStudy study = StudyOpening.Open(null, null, null, folder);
            StudySpec spec = options.Filter == "whole" ? study.Spec : MainWork(study.Spec);
            var clock = new KernelClock();
            using var pool = new ComputePool(options.Threads) { Clock = clock };
            var compiling = new JitTime();
            var pieces = new PieceTimes();
            var runner = new StudyRunner(spec, study.Folder, folder, pool);
            long start = Stopwatch.GetTimestamp();
            runner.Run(pieces.See);
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            pieces.End();
            IReadOnlyList<TimeRow> rows = TimeTable.Of(clock.Times, seconds);
            Console.WriteLine(FormattableString.Invariant($"study \"{spec.Name}\", {runner.Pieces} pieces of work, {options.Threads} threads: {seconds:F1} s"));
            foreach ((string label, double time) in pieces.Seconds)
            {
                Console.WriteLine(FormattableString.Invariant($"  {time,8:F1} s  {label}"));
            }

            Console.WriteLine();
            TimeTable.Print(rows);
            Console.WriteLine(compiling.Sentence);
            if (options.Save)
            {
                Console.WriteLine($"\n{ResultFile.Save(ResultFile.PathOf(MachineDescription.Read()), MachineLimits.Measure(options.Threads), spec.Name, seconds, rows)}");
            }

            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The study with the first model, unchanged and with the first seed of the primary arm.</summary>
    internal static StudySpec MainWork(StudySpec study)
    {
        StudyModel model = study.Models[0];
        StudyArm primary = study.Arms.First(arm => arm.Models.Contains(model.Name) && arm.Methods.Contains(study.Primary.Method));
        return study with
        {
            Models = [model],
            Arms =
            [
                new StudyArm { Models = [model.Name], Methods = ["none"] },
                primary with
                {
                    Models = [model.Name], Methods = [study.Primary.Method], Targets = [study.Primary.Target], StopTokens = [study.Primary.StopToken],
                    Seeds = [primary.Seeds[0]],
                },
            ],
            Neurons = null,
        };
    }

    /// <summary>Seconds by piece of work, from the progress that the runner tells.</summary>
    private sealed class PieceTimes
    {
        private long _start = Stopwatch.GetTimestamp();
        private string _label = "opening model and data";

        public List<(string Label, double Seconds)> Seconds { get; } = [];

        public void See(StudyProgress at)
        {
            if (at.Label != _label)
            {
                End();
                _label = at.Label;
            }
        }

        public void End()
        {
            Seconds.Add((_label, Stopwatch.GetElapsedTime(_start).TotalSeconds));
            _start = Stopwatch.GetTimestamp();
        }
    }
}
