using System.Globalization;
using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;

namespace Temperament.Models.Checkpoints;

/// <summary>Refuses weights that are no numbers: one of them makes every logit NaN, far from its cause.</summary>
internal static class FiniteWeights
{
    /// <summary>Checks some rows of a weight.</summary>
    /// <param name="path">File.</param>
    /// <param name="name">Name of the weight.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="first">Number of the first of them.</param>
    public static void Check(string path, string name, Tensor rows, int first)
    {
        if (Elementwise.AllFinite(rows))
        {
            return;
        }

        for (int r = 0; r < rows.Rows; r++)
        {
            int column = rows.Row(r).IndexOfAnyExceptInRange(float.MinValue, float.MaxValue);
            if (column >= 0)
            {
                throw Fault(path, name, first + r, column, rows[r, column]);
            }
        }
    }

    /// <summary>Checks one row of a weight in bfloat16.</summary>
    /// <param name="path">File.</param>
    /// <param name="name">Name of the weight.</param>
    /// <param name="bits">The row, upper halves of float32 numbers.</param>
    /// <param name="row">Its number.</param>
    public static void Check(string path, string name, ReadOnlySpan<ushort> bits, int row)
    {
        // Infinity and what is no number have all bits of the exponent.
        const ushort Magnitude = 0x7FFF, Infinity = 0x7F80;
        if (!bits.ContainsAnyInRange(Infinity, Magnitude) && !bits.ContainsAnyInRange((ushort)(Infinity | 0x8000), ushort.MaxValue))
        {
            return;
        }

        int column = 0;
        while ((bits[column] & Magnitude) < Infinity)
        {
            column++;
        }

        throw Fault(path, name, row, column, BitConverter.UInt32BitsToSingle((uint)bits[column] << 16));
    }

    private static CheckpointException Fault(string path, string name, int row, int column, float value) => new(
        path, string.Create(CultureInfo.InvariantCulture, $"{name}[{row}, {column}] = {value}"), "finite numbers",
        "The checkpoint is damaged, or the training that wrote it had diverged.");
}
