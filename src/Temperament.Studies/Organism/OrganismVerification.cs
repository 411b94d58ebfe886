using System.Security.Cryptography;
using Temperament.Tensors.Threading;

namespace Temperament.Studies.Organism;

/// <summary>One hash that was recorded, beside what was found now.</summary>
/// <param name="Member">Name of the member.</param>
/// <param name="What">What the hash is of.</param>
/// <param name="Recorded">The recorded hash.</param>
/// <param name="Found">The hash now.</param>
public sealed record HashComparison(string Member, string What, string Recorded, string Found)
{
    /// <summary>Whether they are the same.</summary>
    public bool Holds => Recorded == Found;
}

/// <summary>Shows in seconds that the family can still be made from nothing: the embedded files have the recorded hashes, and a scaled-down build gives the recorded bytes.</summary>
public static class OrganismVerification
{
    /// <summary>Verifies one member.</summary>
    /// <param name="member">The member.</param>
    /// <param name="grammar">What its text is made of.</param>
    /// <param name="pool">Threads.</param>
    /// <param name="progress">Told after every step; null for nobody.</param>
    /// <param name="cancellation">Ends the work between two steps.</param>
    /// <returns>Embedded weights, embedded tokenizer, scaled-down build.</returns>
    public static IReadOnlyList<HashComparison> Run(
        OrganismMember member, CorpusGrammar grammar, ComputePool pool, Action<OrganismProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(member);
        string folder = Directory.CreateTempSubdirectory("temper-organism").FullName;
        try
        {
            new OrganismBuilder(member.Recipe.ScaledDown(), grammar, pool, progress).Build(folder, cancellation);
            byte[] both = [.. File.ReadAllBytes(Path.Combine(folder, "model.safetensors")), .. File.ReadAllBytes(Path.Combine(folder, "tokenizer.json"))];
            var embedded = new EmbeddedCheckpoint(member.Name);
            return
            [
                new HashComparison(member.Name, "embedded weights", member.Recorded.Weights, Hash(embedded, "model.safetensors")),
                new HashComparison(member.Name, "embedded tokenizer", member.Recorded.Tokenizer, Hash(embedded, "tokenizer.json")),
                new HashComparison(member.Name, "scaled-down build", member.Recorded.ScaledDown, Convert.ToHexStringLower(SHA256.HashData(both))),
            ];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Hash(EmbeddedCheckpoint checkpoint, string file) =>
        checkpoint.Exists(file) ? Convert.ToHexStringLower(SHA256.HashData(checkpoint.ReadAll(file).Span)) : "not there";
}
