namespace Temperament.Models.Checkpoints;

/// <summary>One tensor of a checkpoint as it is stored.</summary>
/// <param name="Name">Name in the file.</param>
/// <param name="Type">Type in the words of the file: BF16, NF4, Q4_1 …</param>
/// <param name="Count">Number of weights.</param>
/// <param name="Bytes">Size in the file, with the scales that belong to it.</param>
public sealed record StoredWeight(string Name, string Type, long Count, long Bytes)
{
    private const string State = ".quant_state.bitsandbytes__";

    /// <summary>The weights of a safetensors file. Codes, scales and levels of a layer in 4 bits are one weight.</summary>
    internal static IEnumerable<StoredWeight> Of(SafetensorsFile file)
    {
        string[] packed = [.. file.Tensors.Keys.Where(name => name.Contains(State, StringComparison.Ordinal))];
        var parts = new HashSet<string>(StringComparer.Ordinal);
        foreach (string state in packed)
        {
            int at = state.IndexOf(State, StringComparison.Ordinal);
            string name = state[..at];
            SafetensorsEntry[] own = [.. file.Tensors.Values.Where(t => t.Name == name || t.Name.StartsWith(name + ".", StringComparison.Ordinal))];
            parts.UnionWith(own.Select(t => t.Name));
            if (own.FirstOrDefault(t => t.Name == name) is { } codes)
            {
                bool nested = file.Tensors.ContainsKey(name + ".nested_absmax");
                yield return new StoredWeight(
                    name, state[(at + State.Length)..].ToUpperInvariant() + (nested ? " double" : ""), codes.Count * 2, own.Sum(t => t.Length));
            }
        }

        foreach (SafetensorsEntry entry in file.Tensors.Values.Where(t => !parts.Contains(t.Name)))
        {
            yield return new StoredWeight(entry.Name, entry.Dtype, entry.Count, entry.Length);
        }
    }
}
