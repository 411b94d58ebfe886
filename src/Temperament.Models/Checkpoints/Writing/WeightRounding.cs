using Temperament.Models.Checkpoints.Gguf;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;

namespace Temperament.Models.Checkpoints.Writing;

/// <summary>The format that each weight of a written model gets, and what its numbers become by it.</summary>
public static class WeightRounding
{
    /// <summary>Format of a weight in a GGUF file: vectors stay in float32, rows that are no multiple of 32 are half precision in place of Q8_0.</summary>
    /// <param name="slot">Weight.</param>
    /// <param name="stored">Type of the file.</param>
    public static GgufType InGguf(WeightSlot slot, StoredAs stored)
    {
        ArgumentNullException.ThrowIfNull(slot);
        return slot.IsVector ? GgufType.F32 : stored switch
        {
            StoredAs.F32 => GgufType.F32,
            StoredAs.F16 => GgufType.F16,
            StoredAs.Bf16 => GgufType.Bf16,
            _ => slot.Columns % 32 == 0 ? GgufType.Q80 : GgufType.F16,
        };
    }

    /// <summary>Format of a weight in a folder: the same for all.</summary>
    /// <param name="stored">F32, F16 or BF16.</param>
    /// <exception cref="ArgumentOutOfRangeException">Folders have no such type.</exception>
    public static GgufType InFolder(StoredAs stored) => stored switch
    {
        StoredAs.F32 => GgufType.F32,
        StoredAs.F16 => GgufType.F16,
        StoredAs.Bf16 => GgufType.Bf16,
        _ => throw new ArgumentOutOfRangeException(nameof(stored), "Q8_0 is a type of GGUF files."),
    };

    /// <summary>Replaces numbers by what they read as after they were written.</summary>
    /// <param name="type">Format.</param>
    /// <param name="weights">(N, K) weights, changed.</param>
    /// <param name="pool">Threads; null for the calling one.</param>
    public static Tensor Round(GgufType type, Tensor weights, ComputePool? pool)
    {
        if (type == GgufType.F32)
        {
            return weights;
        }

        GgufBlocks blocks = GgufBlocks.Find(type)!;
        RowChunks.Run(pool, weights.Rows, weights.Columns, (first, count) =>
        {
            var bytes = new byte[GgufEncoding.RowBytes(type, weights.Columns)];
            for (int row = first; row < first + count; row++)
            {
                GgufEncoding.Encode(type, weights.Row(row), bytes);
                blocks.Widen(bytes, weights.Row(row));
            }
        });
        return weights;
    }
}
