using Temperament.Models.Decoder;
using Temperament.Tensors.Memory;

namespace Temperament.Models.Checkpoints.Gguf;

/// <summary>Where a weight of Hugging Face stands in a GGUF file, and how: its name there, the order of its rows, and whether 1 is added to it.</summary>
public static class GgufLayout
{
    /// <summary>Name of the architecture in the metadata.</summary>
    /// <param name="config">Shape of the decoder.</param>
    public static string ArchitectureOf(DecoderConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return GgufArchitecture.Of(config).Name;
    }

    /// <summary>The name of a weight in the file.</summary>
    /// <param name="config">Shape of the decoder.</param>
    /// <param name="name">Name in the words of Hugging Face, "model.layers.0.self_attn.q_proj.weight" for one.</param>
    /// <exception cref="ArgumentException">A decoder has no weight of this name.</exception>
    public static string NameOf(DecoderConfig config, string name)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentException.ThrowIfNullOrEmpty(name);
        return GgufNames.Of(config, name);
    }

    /// <summary>Whether the rows of a weight stand in another order: in "llama" those of queries and keys, which are rotated in pairs of neighbours.</summary>
    /// <param name="config">Shape of the decoder.</param>
    /// <param name="name">Name in the words of Hugging Face.</param>
    public static bool Reorders(DecoderConfig config, string name) => IsRotated(config, name, "weight");

    /// <summary>Brings rows from the order of the file to that of Hugging Face, or the other way round.</summary>
    /// <param name="config">Shape of the decoder.</param>
    /// <param name="name">Name in the words of Hugging Face; where its rows stand in the same order, nothing is copied.</param>
    /// <param name="rows">(H*D, n) rows.</param>
    /// <param name="toFile">True towards the file.</param>
    public static Tensor Reorder(DecoderConfig config, string name, Tensor rows, bool toFile)
    {
        ArgumentNullException.ThrowIfNull(config);
        if (!Reorders(config, name))
        {
            return rows;
        }

        Tensor ordered = Tensor.Zeros(rows.Rows, rows.Columns);
        for (int row = 0; row < rows.Rows; row++)
        {
            rows.Row(row).CopyTo(ordered.Row(Place(row, config.HeadSize, toFile)));
        }

        rows.KeepAlive();
        return ordered;
    }

    /// <summary>A weight as the file has it.</summary>
    internal static Tensor ToFile(DecoderConfig config, string name, Tensor weight) =>
        Values(config, name, Reorder(config, name, weight, toFile: true), toFile: true);

    /// <summary>A weight as Hugging Face has it, of a matrix whose rows are in order already.</summary>
    internal static Tensor FromFile(DecoderConfig config, string name, Tensor weight) => Values(config, name, weight, toFile: false);

    private static bool IsRotated(DecoderConfig config, string name, string kind)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(name);
        return GgufArchitecture.Of(config).RotatesPairs
            && (name.EndsWith($".{config.Layout.Query}.{kind}", StringComparison.Ordinal) || name.EndsWith($".{config.Layout.Key}.{kind}", StringComparison.Ordinal));
    }

    private static int Place(int row, int headSize, bool toFile) => toFile ? RotaryRows.InPairs(row, headSize) : RotaryRows.InHalves(row, headSize);

    private static Tensor Values(DecoderConfig config, string name, Tensor weight, bool toFile)
    {
        bool rotated = IsRotated(config, name, "bias"), norm = GgufArchitecture.Of(config).AddsOne && name.EndsWith("norm.weight", StringComparison.Ordinal);
        if (!rotated && !norm)
        {
            return weight;
        }

        Tensor changed = Tensor.Zeros(1, weight.Columns);
        for (int i = 0; i < weight.Columns; i++)
        {
            changed[0, rotated ? Place(i, config.HeadSize, toFile) : i] = weight[0, i] + (!norm ? 0 : toFile ? 1 : -1);
        }

        weight.KeepAlive();
        return changed;
    }
}
