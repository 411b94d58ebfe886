using System.Globalization;

namespace Temperament.Models.Checkpoints.Writing;

/// <summary>Writes the weights of a folder: one file, or several with an index, as transformers names them.</summary>
internal static class ShardWriter
{
    private static readonly Dictionary<string, string> Metadata = new() { ["format"] = "pt" };

    /// <summary>Writes all files.</summary>
    /// <param name="folder">Folder.</param>
    /// <param name="tensors">The weights; each file takes the next of them while they fit.</param>
    /// <param name="shardBytes">Largest size of a file; a larger weight has one of its own.</param>
    public static void Write(string folder, IReadOnlyList<SafetensorsTensor> tensors, long shardBytes)
    {
        var shards = new List<List<SafetensorsTensor>> { new() };
        long size = 0;
        foreach (SafetensorsTensor tensor in tensors)
        {
            if (size > 0 && size + tensor.Length > shardBytes)
            {
                shards.Add([]);
                size = 0;
            }

            shards[^1].Add(tensor);
            size += tensor.Length;
        }

        if (shards.Count == 1)
        {
            SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"), shards[0], Metadata);
            return;
        }

        for (int i = 0; i < shards.Count; i++)
        {
            SafetensorsWriter.Write(Path.Combine(folder, NameOf(i, shards.Count)), shards[i], Metadata);
        }

        AtomicFile.Write(Path.Combine(folder, "model.safetensors.index.json"), JsonFile.Object(json =>
        {
            json.WriteStartObject("metadata");
            json.WriteNumber("total_size", tensors.Sum(t => t.Length));
            json.WriteEndObject();
            json.WriteStartObject("weight_map");
            foreach ((string name, int shard) in shards.SelectMany((list, i) => list.Select(t => (t.Name, i))).OrderBy(p => p.Name, StringComparer.Ordinal))
            {
                json.WriteString(name, NameOf(shard, shards.Count));
            }

            json.WriteEndObject();
        }));
    }

    private static string NameOf(int shard, int count) =>
        string.Create(CultureInfo.InvariantCulture, $"model-{shard + 1:00000}-of-{count:00000}.safetensors");
}
