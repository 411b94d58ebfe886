using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Temperament.Benchmarks.Peers;

/// <summary>llama.cpp's <c>llama-bench</c>, given by path: tokens a second of a prompt of 512 and of 64 generated tokens.</summary>
/// <param name="Prompt">Tokens of a prompt read a second; NaN where the program does not tell.</param>
/// <param name="Generation">Tokens generated a second; NaN where the program does not tell.</param>
internal sealed record LlamaBench(double Prompt, double Generation)
{
    private const int PromptTokens = 512, GeneratedTokens = 64;

    /// <summary>Runs the program.</summary>
    /// <param name="program">Path.</param>
    /// <param name="model">GGUF file.</param>
    /// <param name="threads">Number of threads.</param>
    /// <exception cref="InvalidDataException">The program cannot be started, fails, or prints something else than its JSON.</exception>
    public static LlamaBench Measure(string program, string model, int threads)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string word in (string[])["-m", model, "-p", Text(PromptTokens), "-n", Text(GeneratedTokens), "-t", Text(threads), "-o", "json"])
        {
            start.ArgumentList.Add(word);
        }

        try
        {
            using Process process = Process.Start(start)!;
            Task<string> errors = process.StandardError.ReadToEndAsync();
            string json = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0
                ? Parse(json)
                : throw new InvalidDataException($"{program} ended with {process.ExitCode}: {errors.Result.Trim()}");
        }
        catch (Win32Exception e)
        {
            throw new InvalidDataException($"{program}: cannot be started ({e.Message})", e);
        }
    }

    /// <summary>Reads what the program prints: one object a test, with n_prompt, n_gen and avg_ts.</summary>
    /// <exception cref="InvalidDataException">It is something else.</exception>
    public static LlamaBench Parse(string json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            double prompt = double.NaN, generation = double.NaN;
            foreach (JsonElement test in document.RootElement.EnumerateArray())
            {
                int read = test.GetProperty("n_prompt").GetInt32(), generated = test.GetProperty("n_gen").GetInt32();
                double rate = test.GetProperty("avg_ts").GetDouble();
                (prompt, generation) = (read == PromptTokens && generated == 0 ? rate : prompt, read == 0 && generated == GeneratedTokens ? rate : generation);
            }

            return new LlamaBench(prompt, generation);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new InvalidDataException($"llama-bench printed {json.Length} characters that are not its JSON ({e.Message})", e);
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
