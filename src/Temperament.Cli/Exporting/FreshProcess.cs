using System.Diagnostics;
using Temperament.Models.Replay;

namespace Temperament.Cli.Exporting;

/// <summary>Runs this program once more: what it reads then comes from the files alone.</summary>
internal static class FreshProcess
{
    private const string Name = "temper";

    /// <summary>Runs a command line and waits for its end.</summary>
    /// <param name="words">The words after "temper".</param>
    /// <param name="cancellation">Ends the process.</param>
    /// <exception cref="ReplayException">It ended with an error; the message is its own.</exception>
    public static void Run(IEnumerable<string> words, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (string word in Program().Concat(words))
        {
            if (start.FileName.Length == 0)
            {
                start.FileName = word;
            }
            else
            {
                start.ArgumentList.Add(word);
            }
        }

        using Process process = Process.Start(start) ?? throw new ReplayException($"{start.FileName} could not be started for the replay.");
        process.StandardInput.Close();
        using CancellationTokenRegistration kill = cancellation.Register(() => process.Kill(entireProcessTree: true));
        Task<string> output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        _ = output.GetAwaiter().GetResult();
        cancellation.ThrowIfCancellationRequested();
        if (process.ExitCode != ExitCodes.Done)
        {
            string message = error.Trim();
            throw new ReplayException(message.StartsWith("temper: ", StringComparison.Ordinal) ? message["temper: ".Length..] : message);
        }
    }

    // The executable itself, or the runtime with the assembly that lies beside this code.
    private static IEnumerable<string> Program()
    {
        string process = Environment.ProcessPath ?? throw new ReplayException("the path of this program is not known, so a replay cannot be started.");
        string assembly = Path.Combine(AppContext.BaseDirectory, Name + ".dll");
        return Path.GetFileNameWithoutExtension(process) switch
        {
            Name => [process],
            "dotnet" => [process, assembly],
            _ => [Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? Name + ".exe" : Name)],
        };
    }
}
