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
                throw new CheckpointException(path, string.Create(CultureInfo.InvariantCulture, $"{name}[{first + r}, {column}] = {rows[r, column]}"),
                    "finite numbers", "The checkpoint is damaged, or the training that wrote it had diverged.");
            }
        }
    }
}
