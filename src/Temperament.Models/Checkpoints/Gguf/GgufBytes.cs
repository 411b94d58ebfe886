using System.Security.Cryptography;
using Temperament.Tensors.Memory;

namespace Temperament.Models.Checkpoints.Gguf;

/// <summary>The bytes of a file, mapped or in memory.</summary>
internal sealed class GgufBytes(MappedFile? mapped, ReadOnlyMemory<byte> memory) : IDisposable
{
    public long Length => mapped?.Length ?? memory.Length;

    /// <summary>Some bytes; the caller has checked that they are inside.</summary>
    public ReadOnlySpan<byte> Slice(long offset, int length) =>
        mapped is null ? memory.Span.Slice(checked((int)offset), length) : mapped.Slice(offset, length);

    /// <summary>SHA-256 of the whole file in lower-case hexadecimal.</summary>
    public string Hash()
    {
        const int Step = 1 << 24;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (long at = 0; at < Length; at += Step)
        {
            hash.AppendData(Slice(at, (int)Math.Min(Step, Length - at)));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    public void Dispose() => mapped?.Dispose();
}
