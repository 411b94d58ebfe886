using System.Globalization;

namespace Temperament.Methods.Adapters;

/// <summary>Which biases of the base are trained beside the branches.</summary>
public enum BiasTraining
{
    /// <summary>None.</summary>
    None,

    /// <summary>All that the model has.</summary>
    All,

    /// <summary>Those of the modules that get a branch.</summary>
    Targets,
}

/// <summary>What the model with the adapter is for, which tells peft how to load it.</summary>
public enum AdapterTask
{
    /// <summary>A decoder that writes.</summary>
    Language,

    /// <summary>A model that names the class of a text.</summary>
    Classification,
}

/// <summary>
/// Which linear layers get a low-rank branch, and of what shape. Names and meanings are those of peft's <c>adapter_config.json</c>.
/// </summary>
public sealed record LoraConfig
{
    /// <summary>Stands for every linear layer except the output layer.</summary>
    public const string AllLinear = "all-linear";

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

    /// <summary>A regular expression over whole paths of modules that are left out; null for none.</summary>
    public string? ExcludePattern { get; init; }

    /// <summary>Blocks that get a branch, counted from 0; null for all.</summary>
    public IReadOnlyList<int>? LayersToTransform { get; init; }

    /// <summary>Names of the lists of blocks that <see cref="LayersToTransform"/> counts in; empty for the first number of a path.</summary>
    public IReadOnlyList<string> LayersPattern { get; init; } = [];

    /// <summary>Modules that are trained whole beside the branches, by path or by the end of it after a dot; never targets.</summary>
    public IReadOnlyList<string> ModulesToSave { get; init; } = [];

    /// <summary>Which biases of the base are trained.</summary>
    public BiasTraining Bias { get; init; }

    /// <summary>Whether the weights are split into sizes and directions. Liu et al. 2024, https://arxiv.org/abs/2402.09353. Read, not trained.</summary>
    public bool Decomposed { get; init; }

    /// <summary>What the model with the adapter is for.</summary>
    public AdapterTask Task { get; init; }

    /// <summary>Path or name of the base model, for the reader of the file.</summary>
    public string? BaseModel { get; init; }

    /// <summary>Whether a module gets a branch.</summary>
    /// <param name="path">Path of the module, "model.layers.0.self_attn.q_proj" for one.</param>
    public bool Targets(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (ExcludeModules.Any(name => EndsWith(path, name)) || (ExcludePattern is { } excluded && ModulePattern.Matches(excluded, path)) || Saves(path) || !InLayers(path))
        {
            return false;
        }

        if (TargetPattern is not null)
        {
            return TargetPattern == AllLinear || ModulePattern.Matches(TargetPattern, path);
        }

        return TargetModules.Any(name => name == AllLinear || EndsWith(path, name));
    }

    /// <summary>Whether a module, or one that it is a part of, is trained whole.</summary>
    /// <param name="path">Path of the module.</param>
    public bool Saves(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return ModulesToSave.Any(name => $".{path}.".Contains($".{name}.", StringComparison.Ordinal));
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
            if (ModulePattern.MatchesEnd(pattern, path))
            {
                return value;
            }
        }

        return otherwise;
    }

    private bool InLayers(string path)
    {
        if (LayersToTransform is null or { Count: 0 })
        {
            return true;
        }

        string[] parts = path.Split('.');
        for (int i = 1; i < parts.Length; i++)
        {
            if (int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out int layer)
                && (LayersPattern.Count == 0 || LayersPattern.Contains(parts[i - 1])))
            {
                return LayersToTransform.Contains(layer);
            }
        }

        return false;
    }
}
