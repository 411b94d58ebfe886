using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;

namespace Temperament.Models.Checkpoints;

/// <summary>Writes the rows of a weight in another format: several threads fill a window of rows, which then goes to the file.</summary>
internal static class EncodedRows
{
    private const long WindowBytes = 1 << 24;

    /// <summary>Writes whole rows.</summary>
    /// <param name="first">Number of the first row.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="target">Their bytes.</param>
    internal delegate void Encoder(int first, Tensor rows, Span<byte> target);

    /// <summary>Writes all rows.</summary>
    public static void Write(Stream stream, Tensor values, int rowBytes, ComputePool? pool, Encoder encode)
    {
        int window = (int)Math.Clamp(WindowBytes / Math.Max(1, rowBytes), 1, Math.Max(1, values.Rows));
        var buffer = new byte[window * (long)rowBytes];
        for (int start = 0; start < values.Rows; start += window)
        {
            Tensor part = values.SliceRows(start, Math.Min(window, values.Rows - start));
            RowChunks.Run(pool, part.Rows, part.Columns, (first, count) =>
                encode(start + first, part.SliceRows(first, count), buffer.AsSpan(first * rowBytes, count * rowBytes)));
            stream.Write(buffer, 0, part.Rows * rowBytes);
        }

        values.KeepAlive();
    }
}
