using System.Diagnostics;

namespace Temperament.Benchmarks.Peers;

/// <summary>Times calls in this process.</summary>
internal static class Timing
{
    /// <summary>Seconds of one call; calls are made until <paramref name="seconds"/> have passed.</summary>
    public static double SecondsPerCall(Action run, double seconds)
    {
        long start = Stopwatch.GetTimestamp();
        for (int calls = 1; ; calls++)
        {
            run();
            double passed = Stopwatch.GetElapsedTime(start).TotalSeconds;
            if (passed >= seconds)
            {
                return passed / calls;
            }
        }
    }
}
