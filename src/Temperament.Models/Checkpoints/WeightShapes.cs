using Temperament.Models.Decoder;

namespace Temperament.Models.Checkpoints;

/// <summary>The shapes that a configuration asks for, by name of the weight.</summary>
public static class WeightShapes
{
    /// <summary>Rows and columns of a weight; linear layers as (outputs, inputs), vectors as one row.</summary>
    /// <param name="config">Shape of the decoder.</param>
    /// <param name="name">Name in the words of Hugging Face.</param>
    /// <exception cref="ArgumentException">A decoder has no weight of this name.</exception>
    public static (int Rows, int Columns) Of(DecoderConfig config, string name)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentException.ThrowIfNullOrEmpty(name);
        int dot = name.LastIndexOf('.');
        string module = dot < 0 ? name : name[..dot], kind = name[(dot + 1)..];
        if ((kind is "weight" or "bias") && Module(config, module) is { } shape)
        {
            return kind == "weight" ? shape : (1, shape.Rows == 1 ? shape.Columns : shape.Rows);
        }

        throw new ArgumentException($"A decoder of family {config.Family} has no weight {name}.", nameof(name));
    }

    private static (int Rows, int Columns)? Module(DecoderConfig config, string module)
    {
        DecoderLayout layout = config.Layout;
        int C = config.HiddenSize;
        if (module == layout.Embedding || module == layout.Head)
        {
            return (config.VocabularySize, C);
        }

        if (module == layout.FinalNorm)
        {
            return (1, C);
        }

        if (module == layout.Positions)
        {
            return (config.MaxPositions, C);
        }

        int end = module.StartsWith(layout.Blocks, StringComparison.Ordinal) ? module.IndexOf('.', layout.Blocks.Length) : -1;
        return end < 0 ? null : OfBlock(config, module[(end + 1)..]);
    }

    private static (int Rows, int Columns)? OfBlock(DecoderConfig config, string module)
    {
        DecoderLayout layout = config.Layout;
        int C = config.HiddenSize, F = config.FeedForwardSize, Q = config.Heads * config.HeadSize, KV = config.KeyValueHeads * config.HeadSize;
        (string? Name, int Rows, int Columns)[] modules =
        [
            (layout.AttentionNorm, 1, C), (layout.AttentionPostNorm, 1, C), (layout.FeedForwardNorm, 1, C), (layout.FeedForwardPostNorm, 1, C),
            (layout.QueryNorm, 1, config.HeadSize), (layout.KeyNorm, 1, config.HeadSize),
            (layout.Query, Q, C), (layout.Key, KV, C), (layout.Value, KV, C), (layout.QueryKeyValue, Q + (2 * KV), C), (layout.Output, C, Q),
            (layout.Gate, F, C), (layout.Up, F, C), (layout.GateUp, 2 * F, C), (layout.Down, C, F),
        ];
        foreach ((string? name, int rows, int columns) in modules)
        {
            if (name == module)
            {
                return (rows, columns);
            }
        }

        return null;
    }

    /// <summary>Every weight of a decoder once, in the order of the forward pass.</summary>
    /// <param name="config">Shape of the decoder.</param>
    public static IEnumerable<WeightSlot> All(DecoderConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return Names(config).Select(name =>
        {
            (int rows, int columns) = Of(config, name);
            return new WeightSlot(name, rows == 1 ? [columns] : [rows, columns]);
        });
    }

    private static IEnumerable<string> Names(DecoderConfig config)
    {
        DecoderLayout layout = config.Layout;
        bool layer = config.Norm == NormKind.Layer;
        return
        [
            .. Module(layout.Embedding, false),
            .. Module(layout.Positions, false),
            .. Enumerable.Range(0, config.Layers).SelectMany(block => BlockNames(config).Select(name => $"{layout.Blocks}{block}.{name}")),
            .. Module(layout.FinalNorm, layer),
            .. config.TiedEmbeddings ? [] : Module(layout.Head, false),
            .. config.HasHeadBias ? (string[])[layout.Head + ".bias"] : [],
        ];
    }

    private static IEnumerable<string> BlockNames(DecoderConfig config)
    {
        DecoderLayout layout = config.Layout;
        bool layer = config.Norm == NormKind.Layer;
        (string? Module, bool HasBias)[] modules =
        [
            (layout.AttentionNorm, layer), (layout.Query, config.HasAttentionBias), (layout.Key, config.HasAttentionBias),
            (layout.Value, config.HasAttentionBias), (layout.QueryKeyValue, config.HasAttentionBias),
            (config.HasQueryKeyNorm ? layout.QueryNorm : null, layer), (config.HasQueryKeyNorm ? layout.KeyNorm : null, layer),
            (layout.Output, config.HasOutputBias), (layout.AttentionPostNorm, layer), (layout.FeedForwardNorm, layer),
            (layout.Gate, config.HasFeedForwardBias), (layout.Up, config.HasFeedForwardBias), (layout.GateUp, config.HasFeedForwardBias),
            (layout.Down, config.HasFeedForwardBias), (layout.FeedForwardPostNorm, layer),
        ];
        return modules.SelectMany(each => Module(each.Module, each.HasBias));
    }

    private static string[] Module(string? path, bool hasBias) => path is null ? [] : hasBias ? [path + ".weight", path + ".bias"] : [path + ".weight"];
}
