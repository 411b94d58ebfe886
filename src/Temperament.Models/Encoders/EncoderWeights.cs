using Temperament.Models.Decoder;
using Temperament.Tensors.Memory;

namespace Temperament.Models.Encoders;

/// <summary>The weights of an encoder under the names that Hugging Face gives them.</summary>
public sealed class EncoderWeights
{
    private readonly Func<string, int, int, Parameter> _load;
    private readonly float _eps;

    /// <summary>Reads all weights.</summary>
    /// <param name="config">Shape of the encoder.</param>
    /// <param name="load">Gives the float32 parameter of a name, of (rows, columns); a vector is one row.</param>
    public EncoderWeights(EncoderConfig config, Func<string, int, int, Parameter> load)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(load);
        (_load, _eps) = (load, config.Shape.RmsNormEps);
        DecoderConfig shape = config.Shape;
        string embeddings = config.Layout.Prefix + config.Layout.Embeddings;
        Words = load(embeddings + ".word_embeddings.weight", shape.VocabularySize, shape.HiddenSize);
        Positions = load(embeddings + ".position_embeddings.weight", shape.MaxPositions, shape.HiddenSize);
        Types = config.TokenTypes > 0 ? load(embeddings + ".token_type_embeddings.weight", config.TokenTypes, shape.HiddenSize) : null;
        EmbeddingNorm = Norm(embeddings + ".LayerNorm", shape.HiddenSize);
        Blocks = [.. Enumerable.Range(0, shape.Layers).Select(l => Block(config, $"{config.Layout.Prefix}{config.Layout.Blocks}{l}."))];
    }

    /// <summary>(V, C) token embeddings.</summary>
    public Parameter Words { get; }

    /// <summary>(P, C) position embeddings.</summary>
    public Parameter Positions { get; }

    /// <summary>(types, C) embeddings of token types; null for none.</summary>
    public Parameter? Types { get; }

    /// <summary>(C) norm of the sum of embeddings.</summary>
    public Norm EmbeddingNorm { get; }

    /// <summary>The blocks; their norms stand behind attention and MLP.</summary>
    public IReadOnlyList<BlockWeights> Blocks { get; }

    /// <summary>Every parameter once, in the order of the forward pass.</summary>
    public IEnumerable<Parameter> Parameters =>
        [Words, Positions, .. new[] { Types }.OfType<Parameter>(), .. EmbeddingNorm.Parameters, .. Blocks.SelectMany(b => b.Parameters)];

    /// <summary>Reads one linear layer with its bias.</summary>
    /// <param name="path">Path of the module.</param>
    /// <param name="outputs">N.</param>
    /// <param name="inputs">K.</param>
    internal Linear Linear(string path, int outputs, int inputs)
    {
        Parameter weight = _load(path + ".weight", outputs, inputs);
        return new Linear(weight.Name[..^".weight".Length], WeightMatrix.F32(weight.Value), _load(path + ".bias", 1, outputs));
    }

    private BlockWeights Block(EncoderConfig config, string path)
    {
        (EncoderLayout layout, int C, int F) = (config.Layout, config.Shape.HiddenSize, config.Shape.FeedForwardSize);
        return new BlockWeights
        {
            Query = Linear(path + layout.Query, C, C),
            Key = Linear(path + layout.Key, C, C),
            Value = Linear(path + layout.Value, C, C),
            Output = Linear(path + layout.Output, C, C),
            AttentionNorm = Norm(path + layout.AttentionNorm, C),
            Up = Linear(path + layout.Up, F, C),
            Down = Linear(path + layout.Down, C, F),
            FeedForwardNorm = Norm(path + layout.FeedForwardNorm, C),
        };
    }

    private Norm Norm(string path, int width) => new(NormKind.Layer, _eps, _load(path + ".weight", 1, width), _load(path + ".bias", 1, width));
}
