using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Temperament.Benchmarks.Peers;
using Temperament.Benchmarks.Runs;
using Temperament.Tensors.Diagnostics;

namespace Temperament.Benchmarks.Reports;

/// <summary>
/// bench/results/&lt;machine&gt;/&lt;date&gt;.json: one file a day and machine. A later run of the day replaces the rows that it measured and keeps
/// the others. The machine is named by what it is, never by what it is called.
/// </summary>
internal static class ResultFile
{
    /// <summary>Version of the format; another one is refused.</summary>
    public const int Version = 1;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Where results of a machine and today go.</summary>
    public static string PathOf(MachineDescription machine)
    {
        DirectoryInfo? root = new(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "Temperament.slnx")))
        {
            root = root.Parent;
        }

        string date = DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return Path.Combine(root?.FullName ?? ".", "bench", "results", MachineName(machine), $"{date}.json");
    }

    /// <summary>A folder name that says what the machine is.</summary>
    public static string MachineName(MachineDescription machine)
    {
        string letters = string.Concat(machine.Processor.Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToLowerInvariant(c) : '-'));
        string words = string.Join('-', letters.Split('-', StringSplitOptions.RemoveEmptyEntries));
        return $"{words}-{machine.LogicalProcessors}x{machine.VectorBits}";
    }

    /// <summary>Writes rows of kernels, and gives the path.</summary>
    public static string Save(string path, MachineLimits limits, IReadOnlyCollection<KernelRow> rows)
    {
        JsonObject file = Open(path, limits);
        Merge(file, "kernels", rows.Select(ToJson));
        return Write(path, file);
    }

    /// <summary>Writes rows of products beside other engines, and gives the path.</summary>
    public static string Save(string path, MachineLimits limits, IReadOnlyCollection<PeerRow> rows)
    {
        JsonObject file = Open(path, limits);
        Merge(file, "peers", rows.Select(row => new JsonObject
        {
            ["kernel"] = row.Kernel,
            ["shape"] = row.Shape,
            ["limit"] = Math.Round(row.Limit, 1),
            ["share"] = Math.Round(row.Share, 4),
            ["engines"] = new JsonArray([.. row.Figures.Select(f => (JsonNode)new JsonObject
            {
                ["engine"] = f.Engine,
                ["rate"] = Math.Round(f.Rate, 1),
                ["ratio"] = Math.Round(f.Ratio, 3),
            })]),
        }));
        return Write(path, file);
    }

    /// <summary>Writes where the time of a run went, and gives the path.</summary>
    public static string Save(string path, MachineLimits limits, string run, double seconds, IReadOnlyCollection<TimeRow> rows)
    {
        JsonObject file = Open(path, limits);
        Merge(file, "times", rows.Select(row => new JsonObject
        {
            ["kernel"] = row.Kernel,
            ["shape"] = run,
            ["runSeconds"] = Math.Round(seconds, 3),
            ["calls"] = row.Calls,
            ["seconds"] = Math.Round(row.Seconds, 3),
            ["share"] = Math.Round(row.Share, 4),
        }));
        return Write(path, file);
    }

    /// <summary>Reads the rows of kernels.</summary>
    /// <exception cref="InvalidDataException">The file is not one of ours, or of another version.</exception>
    public static IReadOnlyList<KernelRow> Read(string path) => [.. Section(Parse(path), "kernels").Select(node => FromJson(node!.AsObject()))];

    private static JsonObject Open(string path, MachineLimits limits)
    {
        JsonObject file = File.Exists(path) ? Parse(path) : new JsonObject { ["version"] = Version };
        MachineDescription machine = limits.Machine;
        file["machine"] = new JsonObject
        {
            ["processor"] = machine.Processor,
            ["cores"] = machine.PhysicalCores,
            ["vectorBits"] = machine.VectorBits,
            ["instructionSets"] = new JsonArray([.. machine.InstructionSets.Select(name => (JsonNode)name)]),
            ["caches"] = new JsonArray([.. machine.Caches.Select(c => (JsonNode)new JsonObject { ["level"] = c.Level, ["bytes"] = c.Bytes })]),
            ["runtime"] = machine.Runtime,
        };
        file["limits"] = new JsonObject
        {
            ["threads"] = limits.Threads,
            ["multiplyAddOneCore"] = Math.Round(limits.MultiplyAddOneCore, 1),
            ["multiplyAddAllCores"] = Math.Round(limits.MultiplyAddAllCores, 1),
            ["readOneCore"] = Math.Round(limits.ReadOneCore, 1),
            ["readAllCores"] = Math.Round(limits.ReadAllCores, 1),
            ["copyAllCores"] = Math.Round(limits.CopyAllCores, 1),
        };
        return file;
    }

    // Rows are known by kernel and shape.
    private static void Merge(JsonObject file, string section, IEnumerable<JsonObject> rows)
    {
        JsonArray kept = Section(file, section);
        foreach (JsonObject row in rows)
        {
            JsonNode? old = kept.FirstOrDefault(other => Key(other) == Key(row));
            if (old is null)
            {
                kept.Add(row);
            }
            else
            {
                kept[kept.IndexOf(old)] = row;
            }
        }

        file[section] = kept;
    }

    private static string Key(JsonNode? row) => $"{row!["kernel"]} {row["shape"]}";

    private static JsonArray Section(JsonObject file, string name) => file[name] is JsonArray section ? section.DeepClone().AsArray() : [];

    private static JsonObject Parse(string path)
    {
        JsonObject? file;
        try
        {
            file = JsonNode.Parse(File.ReadAllText(path)) as JsonObject;
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path} is not JSON: {e.Message} Move it away; a new one is written.", e);
        }

        int? version = file?["version"]?.GetValue<int>();
        return version == Version ? file! : throw new InvalidDataException(
            $"{path}: version {version?.ToString(CultureInfo.InvariantCulture) ?? "missing"} was read, {Version} was expected. Move it away; a new one is written.");
    }

    private static string Write(string path, JsonObject file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        string unfinished = path + ".part";
        File.WriteAllText(unfinished, file.ToJsonString(Indented) + "\n");
        File.Move(unfinished, path, overwrite: true);
        return path;
    }

    private static JsonObject ToJson(KernelRow row) => new()
    {
        ["kernel"] = row.Kernel,
        ["shape"] = row.Shape,
        ["unit"] = row.Unit,
        ["reached"] = row.Reached,
        ["limit"] = row.Limit,
        ["limitKind"] = row.LimitKind.ToString(),
        ["share"] = row.Share,
        ["lowest"] = row.Lowest,
        ["highest"] = row.Highest,
        ["must"] = row.Must,
        ["reach"] = row.Reach,
        ["allocatedBytes"] = row.AllocatedBytes,
        ["verdict"] = row.Verdict.ToString(),
        ["fault"] = row.Fault,
    };

    private static KernelRow FromJson(JsonObject row)
    {
        double Number(string name) => row[name]!.GetValue<double>();
        return new KernelRow(
            (string)row["kernel"]!, (string)row["shape"]!, (string)row["unit"]!, Number("reached"), Number("limit"),
            Enum.Parse<LimitKind>((string)row["limitKind"]!), Number("share"), Number("lowest"), Number("highest"), Number("must"), Number("reach"),
            row["allocatedBytes"]!.GetValue<long>(), Enum.Parse<KernelVerdict>((string)row["verdict"]!), (string?)row["fault"]);
    }
}
