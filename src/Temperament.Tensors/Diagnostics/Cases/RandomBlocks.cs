using System.Buffers.Binary;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Quantization;
using Temperament.Tensors.Random;

namespace Temperament.Tensors.Diagnostics.Cases;

/// <summary>Weights of a block format: random codes, scales and minima of ordinary size.</summary>
internal static class RandomBlocks
{
    // Rows that are drawn; the others repeat them.
    private const int Drawn = 61;

    /// <summary>Draws a matrix.</summary>
    /// <param name="format">Format.</param>
    /// <param name="outputs">Rows.</param>
    /// <param name="inputs">Columns; whole blocks.</param>
    public static BlockMatrix Draw(WeightFormat format, int outputs, int inputs)
    {
        var random = new RandomStream(1, "diagnostics/codes");
        int bytes = BlockCode.BytesOfBlock(format), blocks = inputs / BlockView.BlockSize;
        byte[][] rows = [.. Enumerable.Range(0, Math.Min(Drawn, outputs)).Select(_ => Row())];
        var matrix = new BlockMatrix(format, outputs, inputs);
        for (int r = 0; r < outputs; r++)
        {
            matrix.Store(r, rows[r % rows.Length]);
        }

        return matrix;

        byte[] Row()
        {
            byte[] row = new byte[blocks * bytes];
            for (int i = 0; i < row.Length; i++)
            {
                row[i] = (byte)random.NextInt(256);
            }

            for (int block = 0; block < blocks; block++)
            {
                BinaryPrimitives.WriteHalfLittleEndian(row.AsSpan(block * bytes), (Half)(0.01 * random.NextNormal()));
                if (BlockCode.HasMinimum(format))
                {
                    BinaryPrimitives.WriteHalfLittleEndian(row.AsSpan((block * bytes) + sizeof(ushort)), (Half)(0.01 * random.NextNormal()));
                }
            }

            return row;
        }
    }
}
