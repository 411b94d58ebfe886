using System.Diagnostics;
using Xunit;

namespace Temperament.ModelTests.Support;

/// <summary>What a process of the built command line left.</summary>
/// <param name="Code">Exit code.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error.</param>
internal sealed record TemperResult(int Code, string Output, string Error);

/// <summary>Runs the command line that was built beside these tests in a process of its own.</summary>
internal sealed class TemperProcess : IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _error;

    private TemperProcess(Process process)
    {
        _process = process;
        _process.StandardInput.Close();
        (_output, _error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
    }

    /// <summary>Whether it has ended.</summary>
    public bool HasEnded => _process.HasExited;

    /// <summary>Starts it; the test is skipped where the command line was not built.</summary>
    /// <param name="folder">Folder in which it runs.</param>
    /// <param name="variables">Variables of its environment besides those of this process.</param>
    /// <param name="words">The words after "temper".</param>
    public static TemperProcess Start(string folder, IReadOnlyDictionary<string, string> variables, params string[] words)
    {
        string tool = Path.Combine(AppContext.BaseDirectory, "temper.dll");
        Assert.SkipUnless(File.Exists(tool) && File.Exists(Path.ChangeExtension(tool, ".runtimeconfig.json")), "temper was not built beside the tests");
        var start = new ProcessStartInfo("dotnet", [tool, .. words])
        {
            WorkingDirectory = folder, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach ((string name, string value) in variables)
        {
            start.Environment[name] = value;
        }

        return new TemperProcess(Process.Start(start)!);
    }

    /// <summary>Runs it to its end.</summary>
    /// <param name="folder">Folder in which it runs.</param>
    /// <param name="words">The words after "temper".</param>
    public static TemperResult Run(string folder, params string[] words) => Run(folder, new Dictionary<string, string>(), words);

    /// <summary>Runs it to its end.</summary>
    /// <param name="folder">Folder in which it runs.</param>
    /// <param name="variables">Variables of its environment besides those of this process.</param>
    /// <param name="words">The words after "temper".</param>
    public static TemperResult Run(string folder, IReadOnlyDictionary<string, string> variables, params string[] words)
    {
        using TemperProcess process = Start(folder, variables, words);
        return process.Finish();
    }

    /// <summary>Waits for its end.</summary>
    public TemperResult Finish()
    {
        Assert.True(_process.WaitForExit(Longest), "the process did not end");
        return new TemperResult(_process.ExitCode, _output.Result, _error.Result);
    }

    /// <summary>Sends what Ctrl+C sends; the test is skipped where there is no shell for it.</summary>
    public void Interrupt()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals are sent through a shell of Unix");
        using Process kill = Process.Start("sh", ["-c", $"kill -INT {_process.Id}"]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }

    /// <summary>Ends it without warning.</summary>
    public void Kill()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Kill();
        }

        _process.Dispose();
    }
}
