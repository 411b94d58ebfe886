using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Temperament.Models.Decoder;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Quantization;

namespace Temperament.Methods.Training;

/// <summary>One hash over every bit of a base that a run must leave as it is.</summary>
public static class FrozenWeights
{
    /// <summary>Hashes all weights but those that are trained.</summary>
    /// <param name="network">The network.</param>
    /// <param name="trained">Names of the parameters of the base that are trained whole.</param>
    /// <returns>SHA-256 in hexadecimal.</returns>
    public static string HashOf(DecoderNetwork network, IReadOnlySet<string> trained)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(trained);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (Parameter parameter in network.Weights.Parameters.Where(p => !trained.Contains(p.Name)))
        {
            for (int r = 0; r < parameter.Value.Rows; r++)
            {
                hash.AppendData(MemoryMarshal.AsBytes(parameter.Value.Row(r)));
            }
        }

        foreach (WeightMatrix weight in network.Weights.Linears.Select(l => l.Weight))
        {
            if (weight.Nf4 is { } nf4)
            {
                hash.AppendData(nf4.StoredCodes());
                hash.AppendData(MemoryMarshal.AsBytes<float>(nf4.StoredAbsMax()));
            }
            else if (weight.Bf16 is { } bf16)
            {
                Append(hash, bf16);
            }
        }

        foreach (Replacement replacement in network.Weights.Replacements)
        {
            for (int r = 0; r < replacement.Base.Rows; r++)
            {
                hash.AppendData(MemoryMarshal.AsBytes(replacement.Base.Row(r)));
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void Append(IncrementalHash hash, Bf16Matrix matrix)
    {
        for (int r = 0; r < matrix.Outputs; r++)
        {
            hash.AppendData(MemoryMarshal.AsBytes(matrix.Row(r)));
        }
    }
}
