using System.Text.Json;
using Temperament.Models.Checkpoints;

namespace Temperament.Cli.Rendering;

/// <summary>The stored weights of a checkpoint by their type, the largest share first.</summary>
internal static class StoredKind
{
    /// <summary>In words.</summary>
    public static string Describe(IEnumerable<StoredWeight> weights) =>
        string.Join("; ", Of(weights).Select(kind => $"{kind.Type} {Figures.Count(kind.Count)} in {Figures.Bytes(kind.Bytes)}"));

    /// <summary>As the field "storage".</summary>
    public static void Write(Utf8JsonWriter json, IEnumerable<StoredWeight> weights)
    {
        json.WriteStartArray("storage");
        foreach (StoredWeight kind in Of(weights))
        {
            json.WriteStartObject();
            json.WriteString("type", kind.Type);
            json.WriteNumber("parameters", kind.Count);
            json.WriteNumber("bytes", kind.Bytes);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static IEnumerable<StoredWeight> Of(IEnumerable<StoredWeight> weights) => weights
        .GroupBy(w => w.Type, (type, all) => all.Aggregate(new StoredWeight("", type, 0, 0), (sum, w) => sum with { Count = sum.Count + w.Count, Bytes = sum.Bytes + w.Bytes }))
        .OrderByDescending(s => s.Bytes).ThenBy(s => s.Type, StringComparer.Ordinal);
}
