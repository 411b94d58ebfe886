using Temperament.Models.Decoder;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Random;

namespace Temperament.Methods.Adapters;

/// <summary>
/// The low-rank branches of one adapter. It can be put onto a network of the right shape, switched off and on, and taken off again;
/// the base weights are never changed.
/// </summary>
public sealed class LoraAdapter
{
    private readonly List<(string Path, LowRank Branch)> _branches = [];

    private LoraAdapter(LoraConfig config)
    {
        Config = config;
    }

    /// <summary>Shape of the branches.</summary>
    public LoraConfig Config { get; }

    /// <summary>Path of each module with its branch, in the order of the forward pass.</summary>
    public IReadOnlyList<(string Path, LowRank Branch)> Branches => _branches;

    /// <summary>A and B of every branch, under the names of the adapter file.</summary>
    public IEnumerable<Parameter> Parameters => _branches.SelectMany(b => new[] { b.Branch.A, b.Branch.B });

    /// <summary>
    /// Makes a fresh adapter: A uniform in (-1/sqrt(K), 1/sqrt(K)), which is Kaiming's with a = sqrt(5), and B zero, so that the
    /// network does not change.
    /// </summary>
    /// <param name="network">Network that it is for.</param>
    /// <param name="config">Shape of the branches.</param>
    /// <param name="seed">Seed of A.</param>
    /// <exception cref="AdapterException">The rank is below 1, or no module matches.</exception>
    public static LoraAdapter Create(DecoderNetwork network, LoraConfig config, long seed)
    {
        return Build(network, config, (path, rank, linear) =>
        {
            var random = new RandomStream(seed, $"lora/{path}");
            double bound = 1 / Math.Sqrt(linear.Weight.Inputs);
            Tensor a = Tensor.Zeros(rank, linear.Weight.Inputs);
            foreach (ref float value in a.Span)
            {
                value = (float)(((2 * random.NextDouble()) - 1) * bound);
            }

            return (a, Tensor.Zeros(linear.Weight.Outputs, rank));
        });
    }

    /// <summary>Makes an adapter of given numbers.</summary>
    /// <param name="network">Network that it is for.</param>
    /// <param name="config">Shape of the branches.</param>
    /// <param name="load">Gives A and B of a module by its path, rank and layer.</param>
    /// <exception cref="AdapterException">The rank is below 1, or no module matches.</exception>
    public static LoraAdapter Build(
        DecoderNetwork network, LoraConfig config, Func<string, int, Linear, (Tensor A, Tensor B)> load)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(load);
        var adapter = new LoraAdapter(config);
        foreach (Linear linear in network.Weights.Linears)
        {
            if (!config.Targets(linear.Name))
            {
                continue;
            }

            int rank = config.RankOf(linear.Name);
            if (rank < 1)
            {
                throw new AdapterException(config.BaseModel ?? "adapter", $"rank {rank} for {linear.Name}", "a rank of at least 1",
                    "Set \"r\" (and \"rank_pattern\") to 1 or more, or leave the module out of the targets.");
            }

            (Tensor a, Tensor b) = load(linear.Name, rank, linear);
            string name = $"base_model.model.{linear.Name}.";
            adapter._branches.Add((linear.Name, new LowRank(
                new Parameter(name + "lora_A.weight", a),
                new Parameter(name + "lora_B.weight", b),
                (float)config.ScaleOf(linear.Name),
                (float)config.Dropout)));
        }

        if (adapter._branches.Count == 0)
        {
            IEnumerable<string> known = network.Weights.Linears.Select(l => l.Name[(l.Name.LastIndexOf('.') + 1)..]).Distinct();
            throw new AdapterException(config.BaseModel ?? "adapter",
                $"target modules {config.TargetPattern ?? string.Join(", ", config.TargetModules)}, which match no linear layer",
                $"some of {string.Join(", ", known)}", "Name modules of this model, or \"all-linear\".");
        }

        return adapter;
    }

    /// <summary>Puts the adapter onto a network.</summary>
    /// <param name="network">Network that it was made for.</param>
    /// <exception cref="InvalidOperationException">Another adapter is on the network.</exception>
    public void Attach(DecoderNetwork network)
    {
        ArgumentNullException.ThrowIfNull(network);
        Dictionary<string, Linear> linears = network.Weights.Linears.ToDictionary(l => l.Name);
        if (_branches.Find(b => linears[b.Path].Adapter is not null) is { Path: not null } taken)
        {
            throw new InvalidOperationException($"{taken.Path} has an adapter already; detach it first.");
        }

        foreach ((string path, LowRank branch) in _branches)
        {
            linears[path].Adapter = branch;
        }
    }

    /// <summary>Takes whatever adapter is on a network off it.</summary>
    /// <param name="network">The network.</param>
    public static void Detach(DecoderNetwork network)
    {
        ArgumentNullException.ThrowIfNull(network);
        foreach (Linear linear in network.Weights.Linears)
        {
            linear.Adapter = null;
        }
    }

    /// <summary>Switches all branches on or off; off gives the base model to the bit.</summary>
    /// <param name="enabled">Whether the branches are added.</param>
    public void SetEnabled(bool enabled)
    {
        foreach ((_, LowRank branch) in _branches)
        {
            branch.IsEnabled = enabled;
        }
    }
}
