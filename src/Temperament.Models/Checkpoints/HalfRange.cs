using System.Globalization;
using Temperament.Tensors.Memory;

namespace Temperament.Models.Checkpoints;

/// <summary>Refuses weights that half precision would make infinite.</summary>
internal static class HalfRange
{
    /// <summary>The largest number that is not rounded to infinity lies below this.</summary>
    public const float Largest = 65520;

    /// <summary>Checks some rows.</summary>
    /// <param name="path">File that is written.</param>
    /// <param name="name">Name of the weight.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="first">Number of the first of them.</param>
    /// <param name="limit">Magnitudes must be below it.</param>
    /// <exception cref="CheckpointException">A number is too large.</exception>
    public static void Check(string path, string name, Tensor rows, int first, float limit)
    {
        for (int row = 0; row < rows.Rows; row++)
        {
            int column = rows.Row(row).IndexOfAnyExceptInRange(MathF.BitIncrement(-limit), MathF.BitDecrement(limit));
            if (column >= 0)
            {
                throw new CheckpointException(path, string.Create(CultureInfo.InvariantCulture, $"{name}[{first + row}, {column}] = {rows[row, column]}"),
                    string.Create(CultureInfo.InvariantCulture, $"magnitudes below {limit}, which half precision can hold"),
                    "Write the weights as bf16 or f32.");
            }
        }
    }
}
