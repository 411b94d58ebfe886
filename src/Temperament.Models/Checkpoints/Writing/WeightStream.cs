using Temperament.Models.Checkpoints.Gguf;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;

namespace Temperament.Models.Checkpoints.Writing;

/// <summary>Writes one weight in a type of safetensors files.</summary>
internal static class WeightStream
{
    /// <summary>Writes all rows, rounded by several threads.</summary>
    /// <param name="stream">Where they go.</param>
    /// <param name="folder">Folder, for messages.</param>
    /// <param name="name">Name, for messages.</param>
    /// <param name="values">The weight.</param>
    /// <param name="type">F32, F16 or BF16.</param>
    /// <param name="pool">Threads.</param>
    /// <exception cref="CheckpointException">Half precision cannot hold a number.</exception>
    public static void Write(Stream stream, string folder, string name, Tensor values, GgufType type, ComputePool pool)
    {
        int rowBytes = GgufEncoding.RowBytes(type, values.Columns);
        EncodedRows.Write(stream, values, rowBytes, pool, (first, part, target) =>
        {
            if (type == GgufType.F16)
            {
                HalfRange.Check(folder, name, part, first, HalfRange.Largest);
            }

            for (int row = 0; row < part.Rows; row++)
            {
                GgufEncoding.Encode(type, part.Row(row), target.Slice(row * rowBytes, rowBytes));
            }
        });
    }
}
