using System.Security.Cryptography;
using System.Text;

namespace Temperament.Models.Checkpoints;

/// <summary>Finds the files of weights in a Hugging Face folder.</summary>
internal static class WeightFiles
{
    private const string SingleName = "model.safetensors";
    private const string IndexName = "model.safetensors.index.json";

    private static readonly string[] PickleNames =
        ["pytorch_model.bin", "pytorch_model.bin.index.json", "consolidated.00.pth", "consolidated.pth", "model.bin", "model.pt"];

    /// <summary>Names of the files, in ascending order; each is there.</summary>
    /// <param name="files">Files of the checkpoint.</param>
    /// <exception cref="CheckpointException">There are none, only pickles, or the index names files that are not there.</exception>
    public static string[] Find(ICheckpointFiles files)
    {
        if (files.Exists(SingleName))
        {
            return [SingleName];
        }

        if (!files.Exists(IndexName))
        {
            throw PickleNames.FirstOrDefault(files.Exists) is { } pickle
                ? Pickles.Instead(files.Describe(string.Empty), pickle, $"{SingleName} or {IndexName}")
                : new CheckpointException(files.Describe(string.Empty), "no weights", $"{SingleName} or {IndexName}", "The folder is incomplete.");
        }

        CheckpointJson map = CheckpointJson.Parse(files.Describe(IndexName), files.ReadAll(IndexName))["weight_map"];
        if (!map.IsObject)
        {
            throw new CheckpointException(files.Describe(IndexName), "no weight_map", "an object of names and files", "Fetch the index again.");
        }

        string[] shards = [.. map.Fields().Select(field => field.Value.String).Distinct().Order(StringComparer.Ordinal)];
        foreach (string shard in shards)
        {
            if (shard.Length == 0 || shard != Path.GetFileName(shard))
            {
                throw new CheckpointException(files.Describe(IndexName), $"the file name \"{shard}\"", "a plain file name in the same folder",
                    "The index points outside of its folder.");
            }

            if (!files.Exists(shard))
            {
                throw new CheckpointException(files.Describe(shard), "nothing", $"a file that {IndexName} names", "A shard was not downloaded.");
            }
        }

        return shards;
    }

    /// <summary>SHA-256 of what is stored under each name, in the order of the names: the same however the weights are cut into files.</summary>
    /// <param name="shards">Open files that have no name twice.</param>
    public static string Hash(IEnumerable<SafetensorsFile> shards)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach ((SafetensorsFile file, SafetensorsEntry entry) in shards.SelectMany(file => file.Tensors.Values.Select(entry => (file, entry)))
            .OrderBy(each => each.entry.Name, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{entry.Name} {entry.Dtype} {string.Join(',', entry.Shape)}\n"));
            hash.AppendData(file.Bytes(entry.Name));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
