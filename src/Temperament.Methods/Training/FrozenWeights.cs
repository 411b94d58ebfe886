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
    /// <returns>SHA-256 over the <see cref="Fingerprint"/> of each weight, in hexadecimal.</returns>
    public static string HashOf(DecoderNetwork network, IReadOnlySet<string> trained)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(trained);
        IEnumerable<WeightMatrix> weights =
        [
            .. network.Weights.Parameters.Where(p => !trained.Contains(p.Name)).Select(p => p.Held),
            .. network.Weights.Linears.Where(l => l.Dense is null).Select(l => l.Weight),
            .. network.Weights.Replacements.Select(r => WeightMatrix.F32(r.Base)),
        ];
        return Convert.ToHexStringLower(SHA256.HashData([.. weights.SelectMany(weight => Fingerprint.Of(network.Pool, weight))]));
    }
}
