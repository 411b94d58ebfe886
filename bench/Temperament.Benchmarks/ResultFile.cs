using System.Globalization;
using System.Text.Json;
using Temperament.Tensors.Diagnostics;

namespace Temperament.Benchmarks;

/// <summary>Writes bench/results/&lt;machine&gt;/&lt;date&gt;.json.</summary>
internal static class ResultFile
{
    /// <summary>Writes the file and gives its path.</summary>
    public static string Write(string? path, MachineLimits limits, IReadOnlyList<KernelShare> shares)
    {
        path ??= DefaultPath(limits.Machine);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        using FileStream file = File.Create(path);
        using var json = new Utf8JsonWriter(file, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("processor", limits.Machine.Processor);
        json.WriteString("runtime", limits.Machine.Runtime);
        json.WriteNumber("vectorBits", limits.Machine.VectorBits);
        json.WriteNumber("threads", limits.Threads);
        json.WriteNumber("multiplyAddOneCore", Rounded(limits.MultiplyAddOneCore));
        json.WriteNumber("multiplyAddAllCores", Rounded(limits.MultiplyAddAllCores));
        json.WriteNumber("readOneCore", Rounded(limits.ReadOneCore));
        json.WriteNumber("readAllCores", Rounded(limits.ReadAllCores));
        json.WriteNumber("copyAllCores", Rounded(limits.CopyAllCores));
        json.WriteStartArray("kernels");
        foreach (KernelShare share in shares)
        {
            json.WriteStartObject();
            json.WriteString("kernel", share.Kernel);
            json.WriteString("shape", share.Shape);
            json.WriteString("unit", share.Unit);
            json.WriteNumber("achieved", Rounded(share.Achieved));
            json.WriteNumber("limit", Rounded(share.LimitFigure));
            json.WriteNumber("share", Math.Round(share.Share, 3));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        return path;
    }

    private static double Rounded(double value) => Math.Round(value, 1);

    private static string DefaultPath(MachineDescription machine)
    {
        DirectoryInfo? root = new(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "Temperament.slnx")))
        {
            root = root.Parent;
        }

        string name = string.Concat(machine.Processor.Select(c => char.IsLetterOrDigit(c) ? char.ToLowerInvariant(c) : '-')).Trim('-');
        string date = DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return Path.Combine(root?.FullName ?? ".", "bench", "results", $"{name}-{machine.LogicalProcessors}", $"{date}.json");
    }
}
