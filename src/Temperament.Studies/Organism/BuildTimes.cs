using System.Diagnostics;
using System.Globalization;
using System.Text;
using Temperament.Tensors.Diagnostics;

namespace Temperament.Studies.Organism;

/// <summary>How long the stages of a build took: <c>timing.log</c>, the one file of a build that differs from run to run.</summary>
/// <param name="threads">Number of threads.</param>
internal sealed class BuildTimes(int threads)
{
    public const string FileName = "timing.log";

    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly StringBuilder _lines = new();
    private long _stage = Stopwatch.GetTimestamp();

    /// <summary>Begins a stage.</summary>
    public void Begin() => _stage = Stopwatch.GetTimestamp();

    /// <summary>Ends the stage that was begun last.</summary>
    /// <param name="name">What was done.</param>
    public void End(string name) => _lines.Append(Text($"{name}: {Seconds(_stage):f1} s\n"));

    /// <summary>Ends a stage of training.</summary>
    /// <param name="name">What was done.</param>
    /// <param name="tokens">Tokens that went through the network.</param>
    /// <param name="operations">Float32 operations of its products, forward and backward.</param>
    public void End(string name, long tokens, double operations)
    {
        double seconds = Seconds(_stage);
        _lines.Append(Text($"{name}: {tokens} tokens in {seconds:f1} s, {tokens / seconds:f0} tokens/s, {operations * 1e-9 / seconds:f0} GFLOP/s in the linear and the output layers\n"));
    }

    /// <summary>All lines, with the machine and the whole time.</summary>
    public string Finish()
    {
        MachineDescription machine = MachineDescription.Read();
        return Text($"{machine.Processor}, {threads} threads, {machine.VectorBits}-bit vectors, {machine.Runtime}\n")
            + _lines + Text($"the whole build: {Seconds(_start) / 60:f2} minutes\n");
    }

    private static double Seconds(long since) => Stopwatch.GetElapsedTime(since).TotalSeconds;

    private static string Text(FormattableString line) => line.ToString(CultureInfo.InvariantCulture);
}
