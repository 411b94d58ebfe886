using Temperament.Models.Decoder;
using Temperament.Tensors.Memory;

namespace Temperament.Models.Checkpoints.Gguf;

/// <summary>Where a weight of Hugging Face stands in a GGUF file: its name there, and the order of its rows.</summary>
public static class GgufLayout
{
    /// <summary>Name of the architecture in the metadata.</summary>
    public const string Architecture = "llama";

    /// <summary>The name of a weight in the file.</summary>
    /// <param name="config">Shape of the decoder.</param>
    /// <param name="name">Name in the words of Hugging Face, "model.layers.0.self_attn.q_proj.weight" for one.</param>
    /// <exception cref="ArgumentException">A decoder has no weight of this name.</exception>
    public static string NameOf(DecoderConfig config, string name)
    {
        ArgumentNullException.ThrowIfNull(config);
        return LlamaNames.Of(name, config.TiedEmbeddings);
    }

    /// <summary>Whether the rows of a weight stand in another order: those of queries and keys, which are rotated in pairs of neighbours.</summary>
    /// <param name="name">Name in the words of Hugging Face.</param>
    public static bool Reorders(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.EndsWith(".q_proj.weight", StringComparison.Ordinal) || name.EndsWith(".k_proj.weight", StringComparison.Ordinal);
    }

    /// <summary>Brings rows from the order of the file to that of Hugging Face, or the other way round.</summary>
    /// <param name="config">Shape of the decoder.</param>
    /// <param name="name">Name in the words of Hugging Face; where its rows stand in the same order, nothing is copied.</param>
    /// <param name="rows">(H*D, n) rows.</param>
    /// <param name="toFile">True towards the file.</param>
    public static Tensor Reorder(DecoderConfig config, string name, Tensor rows, bool toFile)
    {
        ArgumentNullException.ThrowIfNull(config);
        if (!Reorders(name))
        {
            return rows;
        }

        Tensor ordered = Tensor.Zeros(rows.Rows, rows.Columns);
        for (int row = 0; row < rows.Rows; row++)
        {
            int target = toFile ? RotaryRows.InPairs(row, config.HeadSize) : RotaryRows.InHalves(row, config.HeadSize);
            rows.Row(row).CopyTo(ordered.Row(target));
        }

        return ordered;
    }
}
