using System.Security.Cryptography;
using Temperament.Models.Decoder;
using Temperament.Tensors.Memory;

namespace Temperament.Methods.Training;

/// <summary>One hash over every bit of a base that a run must leave as it is.</summary>
public static class FrozenWeights
{
    /// <summary>Hashes all weights but those that are trained.</summary>
    /// <param name="network">The network.</param>
    /// <param name="trained">Names of the parameters of the base that are trained whole.</param>
    /// <returns>SHA-256 over the SHA-256 of each weight, in hexadecimal.</returns>
    public static string HashOf(DecoderNetwork network, IReadOnlySet<string> trained)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(trained);
        List<Action<IncrementalHash>> parts = [];
        foreach (Parameter parameter in network.Weights.Parameters.Where(p => !trained.Contains(p.Name)))
        {
            parts.Add(parameter.Held.AppendTo);
        }

        foreach (Linear linear in network.Weights.Linears.Where(l => l.Dense is null))
        {
            parts.Add(linear.Weight.AppendTo);
        }

        foreach (Replacement replacement in network.Weights.Replacements)
        {
            parts.Add(hash => WeightMatrix.F32(replacement.Base).AppendTo(hash));
        }

        // Every weight has a hash of its own, so that all threads can work.
        var hashes = new byte[parts.Count][];
        Parallel.For(0, parts.Count, new ParallelOptions { MaxDegreeOfParallelism = network.Pool.Threads }, part =>
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            parts[part](hash);
            hashes[part] = hash.GetHashAndReset();
        });
        return Convert.ToHexStringLower(SHA256.HashData([.. hashes.SelectMany(h => h)]));
    }
}
