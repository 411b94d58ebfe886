using System.CommandLine;
using Temperament.Cli.Options;

namespace Temperament.Cli.Hosting;

/// <summary>Options that every command takes.</summary>
internal static class GlobalOptions
{
    /// <summary>Number of threads.</summary>
    public static Option<int> Threads { get; } = MakeThreads();

    /// <summary>Results as JSON.</summary>
    public static Option<bool> Json { get; } = new("--json")
    {
        Description = "Print the result as one JSON document on standard output; logs stay on standard error.",
        Recursive = true,
    };

    private static Option<int> MakeThreads()
    {
        Option<int> threads = Numbers.Integer("--threads", "N", "Number of threads; by default one for each physical core.", 1, 1024);
        threads.Recursive = true;
        return threads;
    }
}
