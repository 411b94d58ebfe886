using Temperament.Tensors.Memory;
using Temperament.Tensors.Quantization;
using Temperament.Tensors.Random;
using Temperament.Tensors.Threading;

namespace Temperament.Tensors.Diagnostics.Cases;

/// <summary>Packing of float32 weights to NF4, the scales in 8 bits: bytes of float32 read a second.</summary>
public static class QuantizeCases
{
    private const int Blocks = 256;

    /// <summary>A whole matrix.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="n">Outputs.</param>
    /// <param name="k">Inputs.</param>
    public static KernelCase Nf4Double(ComputePool pool, int n, int k) =>
        new("nf4 quantise", $"{n} x {k}", LimitKind.Read, (double)n * k * sizeof(float), () =>
        {
            var bank = new TensorBank();
            Tensor weights = bank.Normal(n, k);
            Nf4Matrix packed = Nf4.Quantize(weights, doubleQuantize: true, pool);
            return new KernelTrial(() => Nf4.QuantizeInto(weights, packed, pool))
            {
                Check = () => Check(packed, weights),
                Operands = new Both(bank, packed),
            };
        });

    // Codes are the number of thresholds below weight / largest of the block; scales are off by less than the coarsest step of the 8-bit type.
    private static string? Check(Nf4Matrix packed, Tensor weights)
    {
        byte[] codes = packed.StoredCodes();
        float[] scales = packed.StoredAbsMax();
        var stream = new RandomStream(1, "diagnostics/blocks");
        for (int drawn = 0; drawn < Blocks; drawn++)
        {
            long block = stream.NextInt((int)(weights.Count / Nf4Matrix.BlockSize)), start = block * Nf4Matrix.BlockSize;
            float[] numbers = [.. Enumerable.Range(0, Nf4Matrix.BlockSize).Select(i => At(weights, start + i))];
            float largest = numbers.Max(Math.Abs), scale = scales[block];
            if (!(Math.Abs(scale - largest) <= packed.NestedAbsMax!.Span(block / Nf4Matrix.NestedBlockSize, 1)[0] * 0.02))
            {
                return $"NF4: the scale of block {block} reads {scale:R}; its largest weight is {largest:R}";
            }

            for (int i = 0; i < numbers.Length; i++)
            {
                int pair = codes[(start + i) / 2], code = i % 2 == 0 ? pair >> 4 : pair & 15, defined = 0;
                foreach (float threshold in Nf4Codebook.Thresholds)
                {
                    defined += threshold < numbers[i] * (1 / largest) ? 1 : 0;
                }

                if (code != defined)
                {
                    return $"NF4: weight {start + i} has code {code}; its definition gives {defined}";
                }
            }
        }

        return null;
    }

    private static float At(Tensor weights, long index) => weights[(int)(index / weights.Columns), (int)(index % weights.Columns)];

    private sealed class Both(IDisposable first, IDisposable second) : IDisposable
    {
        public void Dispose()
        {
            first.Dispose();
            second.Dispose();
        }
    }
}
