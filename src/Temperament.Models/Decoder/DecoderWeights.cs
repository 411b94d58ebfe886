using Temperament.Tensors.Memory;

namespace Temperament.Models.Decoder;

/// <summary>The weights of a decoder under the names that Hugging Face gives them.</summary>
public sealed class DecoderWeights : IAdapterBase
{
    private const int HeadPartRows = 2048;

    private WeightMatrix? _cut;
    private WeightMatrix[] _parts = [];

    /// <summary>Reads all weights.</summary>
    /// <param name="config">Shape of the decoder.</param>
    /// <param name="load">Gives the float32 tensor of a name, (rows, columns), linear layers as (outputs, inputs), vectors as one row.</param>
    /// <param name="store">Gives the storage of a linear layer's weights: as in the checkpoint, in float32, or quantised.</param>
    /// <param name="table">Gives the storage of embeddings and of the output layer; null for float32.</param>
    public DecoderWeights(
        DecoderConfig config, Func<string, Tensor> load, Func<string, WeightMatrix> store, Func<string, WeightMatrix>? table = null)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(load);
        ArgumentNullException.ThrowIfNull(store);
        var reader = new Reader(config, load, store, table ?? (name => WeightMatrix.F32(load(name))));
        DecoderLayout layout = config.Layout;
        Embedding = reader.Table(layout.Embedding + ".weight");
        Positions = layout.Positions is { } positions ? reader.Table(positions + ".weight") : null;
        Blocks = [.. Enumerable.Range(0, config.Layers).Select(l => reader.Block($"{layout.Blocks}{l}."))];
        FinalNorm = reader.Norm(layout.FinalNorm);
        Head = config.TiedEmbeddings ? Embedding : reader.Table(layout.Head + ".weight");
        HeadBias = config.HasHeadBias ? reader.Tensor(layout.Head + ".bias") : null;
    }

    /// <summary>(V, C) token embeddings.</summary>
    public Parameter Embedding { get; }

    /// <summary>(P, C) position embeddings; null where positions are rotated in.</summary>
    public Parameter? Positions { get; }

    /// <summary>The blocks.</summary>
    public IReadOnlyList<BlockWeights> Blocks { get; }

    /// <summary>(C) last norm.</summary>
    public Norm FinalNorm { get; }

    /// <summary>(V, C) output layer; the embeddings where they are tied.</summary>
    public Parameter Head { get; }

    /// <summary>(V) bias of the output layer; null for none.</summary>
    public Parameter? HeadBias { get; }

    /// <summary>The output layer as the matrix product takes it.</summary>
    internal WeightMatrix HeadMatrix => Head.Held;

    /// <summary>The output layer in parts of some thousand rows, in their order.</summary>
    internal IReadOnlyList<WeightMatrix> HeadParts
    {
        get
        {
            WeightMatrix whole = HeadMatrix;
            if (_cut != whole)
            {
                _parts = [.. Enumerable.Range(0, (whole.Outputs + HeadPartRows - 1) / HeadPartRows)
                    .Select(part => whole.SliceRows(part * HeadPartRows, Math.Min(HeadPartRows, whole.Outputs - (part * HeadPartRows))))];
                _cut = whole;
            }

            return _parts;
        }
    }

    /// <summary>Numbers of adapters that stand in the place of the base's, in the order in which they were put on.</summary>
    public IList<Replacement> Replacements { get; } = [];

    /// <summary>All linear layers of all blocks.</summary>
    public IEnumerable<Linear> Linears => Blocks.SelectMany(b => b.Linears);

    /// <summary>Every parameter of the base once, in the order of the forward pass. Layers in NF4 have none.</summary>
    public IEnumerable<Parameter> Parameters =>
    [
        Embedding,
        .. Optional(Positions),
        .. Blocks.SelectMany(b => b.Parameters),
        .. FinalNorm.Parameters,
        .. Optional(ReferenceEquals(Head, Embedding) ? null : Head),
        .. Optional(HeadBias),
    ];

    /// <summary>Bytes that the weights take in memory, in the formats in which they are held.</summary>
    public long Bytes => Parameters.Sum(parameter => parameter.Held.Bytes)
        + Linears.Where(linear => linear.Dense is null).Sum(linear => linear.Weight.Bytes);

    private static IEnumerable<Parameter> Optional(Parameter? parameter) => parameter is null ? [] : [parameter];

    /// <summary>Builds the parts of a network from the tensors of a checkpoint.</summary>
    private readonly struct Reader(
        DecoderConfig config, Func<string, Tensor> load, Func<string, WeightMatrix> store, Func<string, WeightMatrix> table)
    {
        public Parameter Tensor(string name) => new(name, load(name));

        public Parameter Table(string name) => new(name, table(name));

        public Norm Norm(string path) => new(config.Norm, config.RmsNormEps, Tensor(path + ".weight"),
            config.Norm == NormKind.Layer ? Tensor(path + ".bias") : null);

        public BlockWeights Block(string path)
        {
            DecoderLayout layout = config.Layout;
            return new BlockWeights
            {
                AttentionNorm = Norm(path + layout.AttentionNorm),
                Query = Linear(path, layout.Query, config.HasAttentionBias),
                Key = Linear(path, layout.Key, config.HasAttentionBias),
                Value = Linear(path, layout.Value, config.HasAttentionBias),
                QueryKeyValue = Linear(path, layout.QueryKeyValue, config.HasAttentionBias),
                QueryNorm = config.HasQueryKeyNorm ? Norm(path + layout.QueryNorm) : null,
                KeyNorm = config.HasQueryKeyNorm ? Norm(path + layout.KeyNorm) : null,
                Output = Linear(path, layout.Output, config.HasOutputBias)!,
                AttentionPostNorm = layout.AttentionPostNorm is { } after ? Norm(path + after) : null,
                FeedForwardNorm = layout.FeedForwardNorm is { } before ? Norm(path + before) : null,
                Gate = Linear(path, layout.Gate, config.HasFeedForwardBias),
                Up = Linear(path, layout.Up, config.HasFeedForwardBias),
                GateUp = Linear(path, layout.GateUp, config.HasFeedForwardBias),
                Down = Linear(path, layout.Down, config.HasFeedForwardBias)!,
                FeedForwardPostNorm = layout.FeedForwardPostNorm is { } last ? Norm(path + last) : null,
            };
        }

        private Linear? Linear(string path, string? module, bool hasBias) => module is null
            ? null
            : new Linear(path + module, store($"{path}{module}.weight"), hasBias ? Tensor($"{path}{module}.bias") : null);
    }
}
