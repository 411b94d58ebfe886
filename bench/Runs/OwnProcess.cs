using System.Diagnostics;

namespace Temperament.Benchmarks.Runs;

/// <summary>Starts this program again with other words.</summary>
internal static class OwnProcess
{
    /// <summary>Starts it; what it prints is read by the caller.</summary>
    /// <param name="words">Command line.</param>
    public static Process Start(params string[] words)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        string first = Environment.GetCommandLineArgs()[0];
        if (first.EndsWith(".dll", StringComparison.Ordinal) && Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
        {
            start.ArgumentList.Add(first);
        }

        foreach (string word in words)
        {
            start.ArgumentList.Add(word);
        }

        return Process.Start(start)!;
    }
}
