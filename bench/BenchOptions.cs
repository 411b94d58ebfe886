using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Temperament.Tensors.Diagnostics;

namespace Temperament.Benchmarks;

/// <summary>What was asked for on the command line.</summary>
/// <param name="Verb">What to measure; empty for nothing.</param>
/// <param name="Filter">Rows whose "kernel shape" contains it; empty for all.</param>
/// <param name="Threads">Number of threads.</param>
/// <param name="Rounds">Rounds of which the median is taken.</param>
/// <param name="Save">Whether the rows of a filtered run are written too.</param>
internal sealed record BenchOptions(string Verb, string Filter, int Threads, int Rounds, bool Save)
{
    /// <summary>Path of llama.cpp's <c>llama-bench</c>; null for none.</summary>
    public string? LlamaBench { get; init; }

    /// <summary>The GGUF file that <see cref="LlamaBench"/> measures.</summary>
    public string? LlamaModel { get; init; }

    /// <summary>A GGUF file to generate with.</summary>
    public string? Model { get; init; }

    /// <summary>Reads the command line; on a fault the sentence says what.</summary>
    public static bool TryRead(string[] args, [NotNullWhen(true)] out BenchOptions? options, [NotNullWhen(false)] out string? error)
    {
        options = null;
        var read = new BenchOptions("", "", MachineDescription.DefaultThreads, 7, false);
        for (int i = 0; i < args.Length; i++)
        {
            string next = i + 1 < args.Length ? args[i + 1] : "";
            switch (args[i])
            {
                case "--save":
                    read = read with { Save = true };
                    break;
                case "--threads" or "--rounds" when int.TryParse(next, CultureInfo.InvariantCulture, out int number) && number > 0:
                    read = args[i++] == "--threads" ? read with { Threads = number } : read with { Rounds = number };
                    break;
                case "--llama-bench" when next.Length > 0:
                    read = read with { LlamaBench = args[++i] };
                    break;
                case "--llama-model" when next.Length > 0:
                    read = read with { LlamaModel = args[++i] };
                    break;
                case "--model" when next.Length > 0:
                    read = read with { Model = args[++i] };
                    break;
                case ['-', ..] option:
                    error = $"{option} {next}".TrimEnd() + ": unknown, or what belongs to it is missing";
                    return false;
                case var word when read.Verb.Length == 0:
                    read = read with { Verb = word };
                    break;
                case var word when read.Filter.Length == 0:
                    read = read with { Filter = word };
                    break;
                case var word:
                    error = $"{word}: one filter is enough; put quotes around words that belong together";
                    return false;
            }
        }

        if (read.LlamaBench is null != read.LlamaModel is null)
        {
            error = "--llama-bench and --llama-model belong together";
            return false;
        }

        (options, error) = (read, null);
        return true;
    }
}
