using Temperament.Models.Decoder;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Random;

namespace Temperament.Methods.Adapters;

/// <summary>
/// The low-rank branches of one adapter, and what it replaces whole. It can be put onto a network of the right shape, beside others or
/// alone, switched off and on, and taken off again; the base has its bits back then.
/// </summary>
public sealed class LoraAdapter
{
    private readonly List<(string Path, LowRank Branch)> _branches = [];
    private readonly List<Replacement> _replacements = [];
    private readonly List<Parameter> _folded = [];
    private IAdapterBase? _weights;

    private LoraAdapter(LoraConfig config)
    {
        Config = config;
    }

    /// <summary>Shape of the branches.</summary>
    public LoraConfig Config { get; }

    /// <summary>Path of each module with its branch, in the order of the forward pass.</summary>
    public IReadOnlyList<(string Path, LowRank Branch)> Branches => _branches;

    /// <summary>Whole parameters of the base that the adapter has numbers of its own for.</summary>
    public IReadOnlyList<Replacement> Replacements => _replacements;

    /// <summary>Tensors of the adapter file that were folded into <see cref="Replacements"/>; they are kept to be written again.</summary>
    public IReadOnlyList<Parameter> Folded => _folded;

    /// <summary>What is worth saying about the file that the adapter was read from.</summary>
    public IReadOnlyList<string> Notes { get; internal init; } = [];

    /// <summary>What is trained: A and B of every branch under the names of the adapter file, and whole parameters under those of the base.</summary>
    public IEnumerable<Parameter> Parameters =>
        _branches.SelectMany(b => new[] { b.Branch.A, b.Branch.B }).Concat(_folded.Count > 0 ? [] : _replacements.Select(r => r.Target));

    /// <summary>
    /// Makes a fresh adapter: A uniform in (-1/sqrt(K), 1/sqrt(K)), which is Kaiming's with a = sqrt(5), and B zero, so that the
    /// network does not change. What is trained whole begins as the base has it.
    /// </summary>
    /// <param name="network">Network that it is for.</param>
    /// <param name="config">Shape of the branches.</param>
    /// <param name="seed">Seed of A.</param>
    /// <exception cref="AdapterException">The rank is below 1, no module matches, or something is asked for that is not trained here.</exception>
    public static LoraAdapter Create(DecoderNetwork network, LoraConfig config, long seed) => Create(WeightsOf(network), config, seed);

    /// <summary>Makes a fresh adapter, as for a decoder.</summary>
    /// <param name="weights">Weights that it is for.</param>
    /// <param name="config">Shape of the branches.</param>
    /// <param name="seed">Seed of A.</param>
    /// <exception cref="AdapterException">The rank is below 1, no module matches, or something is asked for that is not trained here.</exception>
    public static LoraAdapter Create(IAdapterBase weights, LoraConfig config, long seed)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(config);
        if (config.Decomposed)
        {
            throw new AdapterException(Name(config), "weights split into size and direction (DoRA)", "plain low-rank branches",
                "Such adapters are read, but not trained here.");
        }

        LoraAdapter adapter = Build(weights, config, (path, rank, linear) =>
        {
            var random = new RandomStream(seed, $"lora/{path}");
            double bound = 1 / Math.Sqrt(linear.Weight.Inputs);
            Tensor a = Tensor.Zeros(rank, linear.Weight.Inputs);
            foreach (ref float value in a.Span)
            {
                value = (float)(((2 * random.NextDouble()) - 1) * bound);
            }

            return (a, Tensor.Zeros(linear.Weight.Outputs, rank));
        }, allowNone: false, []);
        foreach (Parameter whole in WholeParameters.Of(weights, config))
        {
            adapter.Replace(whole, whole.Value);
        }

        return adapter;
    }

    /// <summary>Makes an adapter of given numbers.</summary>
    /// <param name="network">Network that it is for.</param>
    /// <param name="config">Shape of the branches.</param>
    /// <param name="load">Gives A and B of a module by its path, rank and layer.</param>
    /// <param name="allowNone">Whether the adapter may have no branch at all.</param>
    /// <exception cref="AdapterException">The rank is below 1, or no module matches.</exception>
    public static LoraAdapter Build(
        DecoderNetwork network, LoraConfig config, Func<string, int, Linear, (Tensor A, Tensor B)> load, bool allowNone = false) =>
        Build(WeightsOf(network), config, load, allowNone, []);

    internal static LoraAdapter Build(
        IAdapterBase weights, LoraConfig config, Func<string, int, Linear, (Tensor A, Tensor B)> load, bool allowNone, IReadOnlyList<string> notes)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(load);
        var adapter = new LoraAdapter(config) { Notes = notes };
        foreach (Linear linear in weights.Linears)
        {
            if (!config.Targets(linear.Name))
            {
                continue;
            }

            int rank = config.RankOf(linear.Name);
            if (rank < 1)
            {
                throw new AdapterException(Name(config), $"rank {rank} for {linear.Name}", "a rank of at least 1",
                    "Set \"r\" (and \"rank_pattern\") to 1 or more, or leave the module out of the targets.");
            }

            float scale = (float)config.ScaleOf(linear.Name);
            if (scale == 0 || !float.IsFinite(scale))
            {
                throw new AdapterException(Name(config), $"an alpha that makes the factor of {linear.Name} {scale}", "a factor other than 0, in the range of float32",
                    "Such an adapter has no effect, or none that is a number: set \"lora_alpha\" (and \"alpha_pattern\").");
            }

            (Tensor a, Tensor b) = load(linear.Name, rank, linear);
            string name = $"base_model.model.{linear.Name}.";
            adapter._branches.Add((linear.Name, new LowRank(
                new Parameter(name + "lora_A.weight", a),
                new Parameter(name + "lora_B.weight", b),
                scale,
                (float)config.Dropout)));
        }

        if (adapter._branches.Count == 0 && !allowNone)
        {
            IEnumerable<string> known = weights.Linears.Select(l => l.Name[(l.Name.LastIndexOf('.') + 1)..]).Distinct();
            throw new AdapterException(Name(config),
                $"target modules {config.TargetPattern ?? string.Join(", ", config.TargetModules)}{(config.LayersToTransform is { } only ? $" in layers {string.Join(", ", only.Take(8))}" : "")}, which match no linear layer",
                $"some of {string.Join(", ", known)}", "Name modules of this model, or \"all-linear\".");
        }

        return adapter;
    }

    /// <summary>Puts the adapter onto a network, beside those that are there: their effects add up.</summary>
    /// <param name="network">Network that it was made for.</param>
    /// <exception cref="InvalidOperationException">The adapter is on a network already, or another one replaces the same parameter.</exception>
    public void Attach(DecoderNetwork network) => Attach(WeightsOf(network));

    /// <summary>Puts the adapter onto weights, beside those that are there: their effects add up.</summary>
    /// <param name="weights">Weights that it was made for.</param>
    /// <exception cref="InvalidOperationException">The adapter is on some already, or another one replaces the same parameter.</exception>
    public void Attach(IAdapterBase weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        if (_weights is { } present && IsOn(present))
        {
            throw new InvalidOperationException("The adapter is on a network already; take it off first.");
        }

        if (_replacements.Find(r => weights.Replacements.Any(other => other.Target == r.Target)) is { } taken)
        {
            throw new InvalidOperationException($"{taken.Target.Name} is replaced by another adapter already; two whole modules do not add up.");
        }

        Dictionary<string, Linear> linears = weights.Linears.ToDictionary(l => l.Name);
        foreach ((string path, LowRank branch) in _branches)
        {
            linears[path].Add(branch);
        }

        foreach (Replacement replacement in _replacements)
        {
            replacement.IsEnabled = true;
            weights.Replacements.Add(replacement);
        }

        _weights = weights;
    }

    /// <summary>Takes the adapter off the network that it is on; nothing happens where it is on none.</summary>
    public void Detach()
    {
        if (_weights is not { } weights)
        {
            return;
        }

        HashSet<LowRank> own = [.. _branches.Select(b => b.Branch)];
        foreach (Linear linear in weights.Linears)
        {
            foreach (LowRank branch in linear.Branches.Where(own.Contains).ToArray())
            {
                linear.Remove(branch);
            }
        }

        foreach (Replacement replacement in _replacements)
        {
            replacement.IsEnabled = false;
            weights.Replacements.Remove(replacement);
        }

        _weights = null;
    }

    /// <summary>Takes all adapters off a network.</summary>
    /// <param name="network">The network.</param>
    public static void Detach(DecoderNetwork network)
    {
        ArgumentNullException.ThrowIfNull(network);
        foreach (Linear linear in network.Weights.Linears)
        {
            linear.Clear();
        }

        foreach (Replacement replacement in network.Weights.Replacements)
        {
            replacement.IsEnabled = false;
        }

        network.Weights.Replacements.Clear();
    }

    /// <summary>Switches the adapter on or off; off gives the base model to the bit.</summary>
    /// <param name="enabled">Whether the branches are added.</param>
    public void SetEnabled(bool enabled)
    {
        foreach ((_, LowRank branch) in _branches)
        {
            branch.IsEnabled = enabled;
        }

        foreach (Replacement replacement in _replacements)
        {
            replacement.IsEnabled = enabled;
        }
    }

    internal void Replace(Parameter target, Tensor numbers) => _replacements.Add(new Replacement(target, numbers));

    internal void Fold(Parameter target, Tensor numbers, params Parameter[] stored)
    {
        Replace(target, numbers);
        _folded.AddRange(stored);
    }

    private bool IsOn(IAdapterBase weights) => _branches.Count > 0
        ? weights.Linears.Any(l => l.Branches.Contains(_branches[0].Branch))
        : _replacements.Any(weights.Replacements.Contains);

    private static DecoderWeights WeightsOf(DecoderNetwork network)
    {
        ArgumentNullException.ThrowIfNull(network);
        return network.Weights;
    }

    internal void ForgetBranches() => _branches.Clear();

    private static string Name(LoraConfig config) => config.BaseModel ?? "adapter";
}
