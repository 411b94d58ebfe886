using System.Globalization;

namespace Temperament.Tensors.Diagnostics;

/// <summary>
/// What Linux lets this process have: the cores behind the processors it may run on, the share of them that its control groups grant, and
/// the memory that is free for it. Control groups of both versions are read, from that of the process up to the root.
/// https://docs.kernel.org/admin-guide/cgroup-v2.html, https://docs.kernel.org/admin-guide/cgroup-v1/memory.html.
/// </summary>
/// <param name="root">Folder that holds proc and sys; tests plant their own.</param>
internal sealed class ProcessAllowance(string root = "")
{
    /// <summary>Threads that have a core, or a part of one, of their own; at least 1.</summary>
    /// <param name="processors">Processors that the runtime found.</param>
    public int Threads(int processors) => (int)Math.Clamp(Math.Min(Cores() ?? processors, Math.Ceiling(GrantedProcessors())), 1, processors);

    /// <summary>Bytes that could be touched now without another process, or this one, losing theirs; null where the system does not say.</summary>
    public long? FreeMemory()
    {
        long? free = Sum($"{root}/proc/meminfo", "MemAvailable:", "SwapFree:") * 1024;
        foreach (string folder in Folders("memory"))
        {
            long? limit = Number($"{folder}/memory.max") ?? Number($"{folder}/memory.limit_in_bytes");
            long? used = Number($"{folder}/memory.current") ?? Number($"{folder}/memory.usage_in_bytes");
            if (limit is long most && used is long now)
            {
                // Pages of files are given up as soon as somebody wants their memory.
                string stat = $"{folder}/memory.stat";
                long files = Sum(stat, "total_inactive_file", "total_active_file") ?? Sum(stat, "inactive_file", "active_file") ?? 0;
                free = Math.Min(free ?? long.MaxValue, Math.Max(0, most - Math.Max(0, now - files)));
            }
        }

        return free;
    }

    // Two hardware threads of a core share its multipliers, so a second one brings nothing to a product.
    private int? Cores()
    {
        HashSet<int> allowed = AllowedProcessors();
        var cores = new HashSet<string>();
        string package = "";
        bool mine = true;
        foreach (string line in SystemFile.Lines($"{root}/proc/cpuinfo"))
        {
            if (line.StartsWith("processor", StringComparison.Ordinal))
            {
                mine = allowed.Count == 0 || !int.TryParse(line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..], CultureInfo.InvariantCulture, out int number)
                    || allowed.Contains(number);
            }
            else if (line.StartsWith("physical id", StringComparison.Ordinal))
            {
                package = line;
            }
            else if (mine && line.StartsWith("core id", StringComparison.Ordinal))
            {
                cores.Add(package + line);
            }
        }

        return cores.Count > 0 ? cores.Count : null;
    }

    // As in "0-3,8".
    private HashSet<int> AllowedProcessors()
    {
        const string Name = "Cpus_allowed_list:";
        var allowed = new HashSet<int>();
        string? list = SystemFile.Lines($"{root}/proc/self/status").FirstOrDefault(line => line.StartsWith(Name, StringComparison.Ordinal));
        foreach (string range in (list?[Name.Length..] ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            string[] ends = range.Split('-');
            if (int.TryParse(ends[0], CultureInfo.InvariantCulture, out int first) && int.TryParse(ends[^1], CultureInfo.InvariantCulture, out int last))
            {
                allowed.UnionWith(Enumerable.Range(first, Math.Max(0, last - first + 1)));
            }
        }

        return allowed;
    }

    private double GrantedProcessors()
    {
        double least = double.PositiveInfinity;
        foreach (string folder in Folders("cpu"))
        {
            string[] words = SystemFile.Line($"{folder}/cpu.max").Split(' ');
            (string quota, string period) = words is [string time, string each]
                ? (time, each)
                : (SystemFile.Line($"{folder}/cpu.cfs_quota_us"), SystemFile.Line($"{folder}/cpu.cfs_period_us"));
            if (double.TryParse(quota, CultureInfo.InvariantCulture, out double granted) && granted > 0
                && double.TryParse(period, CultureInfo.InvariantCulture, out double whole) && whole > 0)
            {
                least = Math.Min(least, granted / whole);
            }
        }

        return least;
    }

    // The group of the process for a controller and all groups above it. A line is number:controllers:path, without controllers in version 2.
    private IEnumerable<string> Folders(string controller)
    {
        foreach (string line in SystemFile.Lines($"{root}/proc/self/cgroup"))
        {
            if (line.Split(':', 3) is not [_, string controllers, string path] || (controllers.Length > 0 && !controllers.Split(',').Contains(controller)))
            {
                continue;
            }

            string mount = $"{root}/sys/fs/cgroup";
            if (controllers.Length > 0)
            {
                mount = Directory.Exists($"{mount}/{controllers}") ? $"{mount}/{controllers}" : $"{mount}/{controller}";
            }

            for (path = path.TrimEnd('/'); path.Length > 0; path = path[..Math.Max(0, path.LastIndexOf('/'))])
            {
                yield return mount + path;
            }

            yield return mount;
        }
    }

    private static long? Number(string path) => long.TryParse(SystemFile.Line(path), CultureInfo.InvariantCulture, out long number) ? number : null;

    // Lines are a name, a number, perhaps a unit; null where none of the names is there.
    private static long? Sum(string path, params ReadOnlySpan<string> names)
    {
        long? sum = null;
        foreach (string line in SystemFile.Lines(path))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length >= 2 && names.Contains(words[0]) && long.TryParse(words[1], CultureInfo.InvariantCulture, out long number))
            {
                sum = (sum ?? 0) + number;
            }
        }

        return sum;
    }
}
