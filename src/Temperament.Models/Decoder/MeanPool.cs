using Temperament.Tensors.Memory;

namespace Temperament.Models.Decoder;

/// <summary>
/// The mean over the rows of each sequence: y_s = 1/T_s sum x_r over the T_s rows r of sequence s. Gradient: dx_r += dy_s / T_s. Sums are in
/// double, in the order of the rows, so a sequence's mean does not depend on its batch.
/// </summary>
public static class MeanPool
{
    /// <summary>Computes the means.</summary>
    /// <param name="y">(B, C) means.</param>
    /// <param name="x">(R, C) rows.</param>
    /// <param name="batch">Which rows belong to which sequence.</param>
    public static void Forward(Tensor y, Tensor x, TokenBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var sums = new double[x.Columns];
        for (int s = 0; s < batch.Sequences; s++)
        {
            int first = batch.Starts[s], end = batch.Starts[s + 1];
            Array.Clear(sums);
            for (int r = first; r < end; r++)
            {
                Span<float> row = x.Row(r);
                for (int c = 0; c < sums.Length; c++)
                {
                    sums[c] += row[c];
                }
            }

            Span<float> mean = y.Row(s);
            for (int c = 0; c < sums.Length; c++)
            {
                mean[c] = (float)(sums[c] / (end - first));
            }
        }
    }

    /// <summary>Adds the gradients of <see cref="Forward"/>.</summary>
    /// <param name="dx">(R, C) gradient of the rows, accumulated.</param>
    /// <param name="dy">(B, C) gradient of the means.</param>
    /// <param name="batch">Which rows belong to which sequence.</param>
    public static void Backward(Tensor dx, Tensor dy, TokenBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        for (int s = 0; s < batch.Sequences; s++)
        {
            int first = batch.Starts[s], end = batch.Starts[s + 1];
            Span<float> from = dy.Row(s);
            for (int r = first; r < end; r++)
            {
                Span<float> row = dx.Row(r);
                for (int c = 0; c < row.Length; c++)
                {
                    row[c] += from[c] / (end - first);
                }
            }
        }
    }
}
