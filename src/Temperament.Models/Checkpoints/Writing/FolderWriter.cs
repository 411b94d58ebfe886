using Temperament.Models.Checkpoints.Gguf;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;

namespace Temperament.Models.Checkpoints.Writing;

/// <summary>
/// Writes a checkpoint of any kind as a Hugging Face folder: weights in one safetensors file or several with their index, configuration,
/// tokenizer, chat template and generation settings. One weight at a time is in memory.
/// </summary>
public static class FolderWriter
{
    /// <summary>Size of the weights from which they are cut into several files.</summary>
    public const long ShardBytes = 5_000_000_000;

    /// <summary>Writes the folder.</summary>
    /// <param name="folder">Folder; made if it is not there.</param>
    /// <param name="source">What is written.</param>
    /// <param name="stored">F32, F16 or BF16.</param>
    /// <param name="pool">Threads.</param>
    /// <param name="progress">Told after each weight how many bytes are written of how many; null for nobody.</param>
    /// <param name="shardBytes">Largest size of a file of weights.</param>
    /// <exception cref="CheckpointException">A weight cannot be read, or half precision cannot hold it.</exception>
    public static void Write(
        string folder, ModelSource source, StoredAs stored, ComputePool pool, Action<long, long>? progress = null, long shardBytes = ShardBytes)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(pool);
        Directory.CreateDirectory(folder);
        GgufType type = WeightRounding.InFolder(stored);
        string dtype = type switch { GgufType.F32 => "F32", GgufType.F16 => "F16", _ => "BF16" };
        source.Pool = pool;
        WeightSlot[] slots = [.. source.Weights.OrderBy(slot => slot.Name, StringComparer.Ordinal)];
        long total = slots.Sum(slot => slot.Count) * SafetensorsEntry.ElementSize(dtype), done = 0;
        ShardWriter.Write(folder, [.. slots.Select(slot => SafetensorsTensor.Streamed(slot.Name, dtype, StoredShape(source, slot), stream =>
        {
            Tensor values = source.LoadWeight(slot.Name);
            WeightStream.Write(stream, folder, slot.Name, IsTransposed(source, slot) ? Transposed(values) : values, type, pool);
            progress?.Invoke(done += slot.Count * SafetensorsEntry.ElementSize(dtype), total);
        }))], shardBytes);
        TextFiles.Write(folder, source, stored);
        source.Pool = null;
    }

    private static bool IsTransposed(ModelSource source, WeightSlot slot) => source.Config.Layout.StoresTransposed(slot.Name);

    private static long[] StoredShape(ModelSource source, WeightSlot slot) => IsTransposed(source, slot) ? [slot.Columns, slot.Rows] : slot.Shape;

    private static Tensor Transposed(Tensor values)
    {
        Tensor turned = Tensor.Zeros(values.Columns, values.Rows);
        for (int row = 0; row < turned.Rows; row++)
        {
            for (int column = 0; column < turned.Columns; column++)
            {
                turned[row, column] = values[column, row];
            }
        }

        values.KeepAlive();
        return turned;
    }
}
