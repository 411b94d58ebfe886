using System.Text.RegularExpressions;

namespace Temperament.Methods.Adapters;

/// <summary>
/// Which linear layers get a low-rank branch, and of what shape. Names and meanings are those of peft's <c>adapter_config.json</c>.
/// </summary>
public sealed record LoraConfig
{
    /// <summary>Stands for every linear layer except the output layer.</summary>
    public const string AllLinear = "all-linear";

    private static readonly TimeSpan PatternTime = TimeSpan.FromMilliseconds(200);

    /// <summary>Rank r of the branch.</summary>
    public int Rank { get; init; } = 16;

    /// <summary>The branch is multiplied by alpha / r, or alpha / sqrt(r).</summary>
    public double Alpha { get; init; } = 16;

    /// <summary>Share of the branch's inputs that is dropped in training.</summary>
    public double Dropout { get; init; }

    /// <summary>Scale by alpha / sqrt(r). Kalajdzievski 2023, https://arxiv.org/abs/2312.03732.</summary>
    public bool RankStabilized { get; init; }

    /// <summary>Module names ("q_proj"), matched at the end of the module's path; or the single entry "all-linear".</summary>
    public IReadOnlyList<string> TargetModules { get; init; } = [AllLinear];

    /// <summary>A regular expression that must match the whole path of a module; takes the place of <see cref="TargetModules"/>.</summary>
    public string? TargetPattern { get; init; }

    /// <summary>Ranks of modules that differ: pattern to rank; the first that matches wins.</summary>
    public IReadOnlyList<KeyValuePair<string, int>> RankPattern { get; init; } = [];

    /// <summary>Alphas of modules that differ: pattern to alpha; the first that matches wins.</summary>
    public IReadOnlyList<KeyValuePair<string, double>> AlphaPattern { get; init; } = [];

    /// <summary>Modules that are left out, by path or by the end of it after a dot.</summary>
    public IReadOnlyList<string> ExcludeModules { get; init; } = [];

    /// <summary>Blocks that get a branch, counted from 0; null for all.</summary>
    public IReadOnlyList<int>? LayersToTransform { get; init; }

    /// <summary>Path or name of the base model, for the reader of the file.</summary>
    public string? BaseModel { get; init; }

    /// <summary>Whether a module gets a branch.</summary>
    /// <param name="path">Path of the module, "model.layers.0.self_attn.q_proj" for one.</param>
    public bool Targets(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (ExcludeModules.Any(name => EndsWith(path, name)) || !InLayers(path))
        {
            return false;
        }

        if (TargetPattern is not null)
        {
            return TargetPattern == AllLinear || Regex.IsMatch(path, $"^(?:{TargetPattern})$", RegexOptions.CultureInvariant, PatternTime);
        }

        return TargetModules.Any(name => name == AllLinear || EndsWith(path, name));
    }

    /// <summary>Rank of a module's branch.</summary>
    /// <param name="path">Path of the module.</param>
    public int RankOf(string path) => First(RankPattern, path, Rank);

    /// <summary>Factor of a module's branch.</summary>
    /// <param name="path">Path of the module.</param>
    public double ScaleOf(string path)
    {
        int rank = RankOf(path);
        double alpha = First(AlphaPattern, path, Alpha);
        return RankStabilized ? alpha / Math.Sqrt(rank) : alpha / rank;
    }

    private static bool EndsWith(string path, string name) =>
        path == name || path.EndsWith("." + name, StringComparison.Ordinal);

    private static T First<T>(IReadOnlyList<KeyValuePair<string, T>> patterns, string path, T otherwise)
    {
        foreach ((string pattern, T value) in patterns)
        {
            if (Regex.IsMatch(path, $"^(?:.*\\.)?(?:{pattern})$", RegexOptions.CultureInvariant, PatternTime))
            {
                return value;
            }
        }

        return otherwise;
    }

    private bool InLayers(string path)
    {
        if (LayersToTransform is null)
        {
            return true;
        }

        string[] parts = path.Split('.');
        int at = Array.IndexOf(parts, "layers");
        return at >= 0 && at + 1 < parts.Length && int.TryParse(parts[at + 1], out int layer) && LayersToTransform.Contains(layer);
    }
}
