using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Temperament.Tensors.Memory;

namespace Temperament.Models.Decoder;

/// <summary>
/// Names the dropout masks of one training step. A mask depends on the seed, the step, the module and the row within the step, so that
/// it is the same however the step is cut into micro-batches, and after a resume.
/// </summary>
/// <param name="Seed">Seed of the run.</param>
/// <param name="Step">Step, from 0.</param>
/// <param name="FirstRow">Rows of the step that came before this micro-batch.</param>
public readonly record struct DropoutMask(long Seed, long Step, long FirstRow)
{
    /// <summary>Masks that another trainer drew, by the name of the module: (R, K) of 1 and 0; null where masks are drawn here.</summary>
    public IReadOnlyDictionary<string, Tensor>? Given { get; init; }

    /// <summary>Key of the mask of one module.</summary>
    /// <param name="module">Name of the module.</param>
    public ulong KeyOf(string module)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes($"dropout/{Seed}/{Step}/{module}"), hash);
        return BinaryPrimitives.ReadUInt64LittleEndian(hash);
    }
}
