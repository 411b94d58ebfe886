using System.Runtime;

namespace Temperament.Benchmarks.Runs;

/// <summary>Time that the runtime spent on compiling, on all threads: part of what a short run spends outside of kernels.</summary>
internal sealed class JitTime
{
    private readonly TimeSpan _before = JitInfo.GetCompilationTime();
    private readonly long _methods = JitInfo.GetCompiledMethodCount();

    public string Sentence => FormattableString.Invariant(
        $"compiled meanwhile: {JitInfo.GetCompiledMethodCount() - _methods} methods in {(JitInfo.GetCompilationTime() - _before).TotalSeconds:F1} s, in part on a thread of its own");
}
