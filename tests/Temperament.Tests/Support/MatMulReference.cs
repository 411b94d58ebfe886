using Temperament.Tensors.Memory;
using Temperament.Tensors.Quantization;
using Temperament.Tensors.Random;

namespace Temperament.Tests.Support;

/// <summary>The plain definition of the products: one chain of fused multiply-adds an element, in ascending order. C = [C +] A B.</summary>
internal static class MatMulReference
{
    /// <summary>The definition in float32: kernels must give these bits.</summary>
    public static float[,] Chain(float[,] c, float[,] a, float[,] b)
    {
        int depth = a.GetLength(1);
        var result = (float[,])c.Clone();
        for (int m = 0; m < c.GetLength(0); m++)
        {
            for (int n = 0; n < c.GetLength(1); n++)
            {
                float sum = c[m, n];
                for (int k = 0; k < depth; k++)
                {
                    sum = MathF.FusedMultiplyAdd(a[m, k], b[k, n], sum);
                }

                result[m, n] = sum;
            }
        }

        return result;
    }

    /// <summary>The definition in float64.</summary>
    public static double[,] Exact(float[,] c, float[,] a, float[,] b)
    {
        var result = new double[c.GetLength(0), c.GetLength(1)];
        for (int m = 0; m < c.GetLength(0); m++)
        {
            for (int n = 0; n < c.GetLength(1); n++)
            {
                double sum = c[m, n];
                for (int k = 0; k < a.GetLength(1); k++)
                {
                    sum += (double)a[m, k] * b[k, n];
                }

                result[m, n] = sum;
            }
        }

        return result;
    }

    public static float[,] Transpose(float[,] a)
    {
        var result = new float[a.GetLength(1), a.GetLength(0)];
        for (int i = 0; i < a.GetLength(0); i++)
        {
            for (int j = 0; j < a.GetLength(1); j++)
            {
                result[j, i] = a[i, j];
            }
        }

        return result;
    }

    public static float[,] Normal(int rows, int columns, string name)
    {
        var stream = new RandomStream(1, name);
        var result = new float[rows, columns];
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                result[i, j] = (float)stream.NextNormal();
            }
        }

        return result;
    }

    /// <summary>A tensor with the given numbers whose rows are <paramref name="gap"/> floats further apart than they are long; the gap is NaN.</summary>
    public static Tensor Tensor(float[,] values, int gap = 0)
    {
        int rows = values.GetLength(0), columns = values.GetLength(1);
        Tensor wide = Temperament.Tensors.Memory.Tensor.Zeros(rows, columns + gap);
        wide.Span.Fill(float.NaN);
        Tensor view = wide.SliceColumns(0, columns);
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                view[i, j] = values[i, j];
            }
        }

        return view;
    }

    /// <summary>Random numbers that bfloat16 holds exactly.</summary>
    public static float[,] Rounded(int rows, int columns, string name)
    {
        float[,] result = Normal(rows, columns, name);
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                uint bits = BitConverter.SingleToUInt32Bits(result[i, j]) & 0xFFFF0000;
                result[i, j] = BitConverter.UInt32BitsToSingle(bits);
            }
        }

        return result;
    }

    /// <summary>Random NF4 weights, and what they read as by the definition of the stored bytes.</summary>
    public static Nf4Matrix Nf4(int outputs, int inputs, string name, out float[,] values, bool doubleQuantized = false)
    {
        var stream = new RandomStream(2, name);
        long count = (long)outputs * inputs;
        byte[] codes = new byte[(count + 1) / 2], scaleCodes = new byte[(count + Nf4Matrix.BlockSize - 1) / Nf4Matrix.BlockSize];
        float[] scales = new float[scaleCodes.Length], nested = new float[(scales.Length + Nf4Matrix.NestedBlockSize - 1) / Nf4Matrix.NestedBlockSize];
        for (int i = 0; i < codes.Length; i++)
        {
            codes[i] = (byte)stream.NextWord();
        }

        for (int i = 0; i < scales.Length; i++)
        {
            scales[i] = (float)(0.5 + stream.NextDouble());
        }

        const float Offset = 1.25f;
        for (int i = 0; doubleQuantized && i < scales.Length; i++)
        {
            float block = nested[i / Nf4Matrix.NestedBlockSize] = 0.1f + (i / Nf4Matrix.NestedBlockSize % 7 * 0.3f);
            scaleCodes[i] = (byte)stream.NextWord();
            scales[i] = (Nf4Codebook.DynamicSigned[scaleCodes[i]] * block) + Offset;
        }

        values = new float[outputs, inputs];
        for (int n = 0; n < outputs; n++)
        {
            for (int k = 0; k < inputs; k++)
            {
                int index = (n * inputs) + k, pair = codes[index / 2], code = index % 2 == 0 ? pair >> 4 : pair & 15;
                values[n, k] = Nf4Codebook.Levels[code] * scales[index / Nf4Matrix.BlockSize];
            }
        }

        return doubleQuantized
            ? Temperament.Tensors.Quantization.Nf4.FromStored(outputs, inputs, codes, scaleCodes, nested, Offset)
            : Temperament.Tensors.Quantization.Nf4.FromStored(outputs, inputs, codes, scales);
    }
}
