using Temperament.Models.Decoder;
using Temperament.Tensors.Memory;

namespace Temperament.Models.Checkpoints;

/// <summary>A part of a decoder in the format in which it is held in memory when it is loaded as the checkpoint has it.</summary>
/// <param name="Part">What it is: "embeddings", "layers" …</param>
/// <param name="Format">Format in the words of the files: F32, BF16, NF4, Q4_1 …</param>
/// <param name="Count">Number of weights.</param>
/// <param name="Bytes">Bytes in memory.</param>
public sealed record HeldPart(string Part, string Format, long Count, long Bytes)
{
    private const string Vectors = "norms and biases";

    /// <summary>The parts of a checkpoint by their formats, in the order of the forward pass; no weight is read.</summary>
    /// <param name="source">The checkpoint.</param>
    public static IReadOnlyList<HeldPart> Of(ModelSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        Dictionary<string, long> stored = source.StoredWeights.ToDictionary(weight => weight.Name, weight => weight.Bytes, StringComparer.Ordinal);
        return [.. source.Weights
            .Select(slot => Held(source, slot, stored))
            .GroupBy(held => (held.Part, held.Format), (key, all) =>
                all.Aggregate(new HeldPart(key.Part, key.Format, 0, 0), (sum, held) => sum with { Count = sum.Count + held.Count, Bytes = sum.Bytes + held.Bytes }))
            .OrderBy(part => part.Part == Vectors)];
    }

    private static HeldPart Held(ModelSource source, WeightSlot slot, Dictionary<string, long> stored)
    {
        string part = PartOf(source.Config, slot);
        WeightFormat format = slot.IsVector ? WeightFormat.F32 : source.FormatOf(slot.Name);
        bool isTable = part is not "layers";
        return format == WeightFormat.Nf4 && !isTable && stored.TryGetValue(slot.Name, out long bytes)
            ? new HeldPart(part, WeightFormats.NameOf(format), slot.Count, bytes)
            : Sized(part, format == WeightFormat.Nf4 ? WeightFormat.F32 : format, slot);
    }

    private static HeldPart Sized(string part, WeightFormat format, WeightSlot slot) =>
        new(part, WeightFormats.NameOf(format), slot.Count, WeightFormats.BytesOf(format, slot.Rows, slot.Columns));

    private static string PartOf(DecoderConfig config, WeightSlot slot)
    {
        DecoderLayout layout = config.Layout;
        string module = slot.Name[..slot.Name.LastIndexOf('.')];
        return slot.IsVector ? Vectors
            : module == layout.Embedding ? (config.TiedEmbeddings ? "embeddings, which are the head" : "embeddings")
            : module == layout.Positions ? "positions"
            : module == layout.Head ? "head"
            : "layers";
    }
}
