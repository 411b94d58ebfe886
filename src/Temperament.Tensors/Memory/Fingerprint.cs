using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using Temperament.Tensors.Kernels;
using Temperament.Tensors.Threading;

namespace Temperament.Tensors.Memory;

/// <summary>
/// Tells at the speed of memory whether a bit of some numbers has changed: 32 chains of 64 bits over each megabyte, h = (h ^ word) * odd, h ^= h >> 32, and SHA-256
/// over their ends. A step of a chain is a bijection, so one changed word always changes it. It is no protection against somebody who wants to be missed,
/// and says something within one version of the program only.
/// </summary>
public static unsafe class Fingerprint
{
    private const int Chains = 32, Vectors = 4;
    private const int PartFloats = 1 << 18;
    private const ulong Odd = 0x9E3779B97F4A7C15;

    /// <summary>Fingerprint of the (R, C) numbers of a tensor.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="tensor">Numbers.</param>
    /// <returns>32 bytes.</returns>
    public static byte[] Of(ComputePool pool, Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(pool);
        byte[] print = Of(pool, tensor.Data, tensor.Rows, tensor.Columns, tensor.Stride);
        tensor.KeepAlive();
        return print;
    }

    /// <summary>Fingerprint of weights as they lie in memory.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="weights">Weights of any format.</param>
    /// <returns>32 bytes.</returns>
    public static byte[] Of(ComputePool pool, WeightMatrix weights)
    {
        ArgumentNullException.ThrowIfNull(pool);
        ArgumentNullException.ThrowIfNull(weights);
        byte[] print = weights.Nf4 is { } nf4 ? SHA256.HashData([.. nf4.Memory.SelectMany(part => Of(pool, (byte*)part.Start, part.Bytes)), .. BitConverter.GetBytes(nf4.Offset)])
            : weights.Blocks is { } blocks ? SHA256.HashData([.. blocks.Memory.SelectMany(part => Of(pool, (byte*)part.Start, part.Bytes))])
            : weights.Bf16 is { } bf16 ? Of(pool, (byte*)bf16.Data, bf16.Bytes)
            : Of(pool, weights.Dense);
        GC.KeepAlive(weights);
        return print;
    }

    private static byte[] Of(ComputePool pool, byte* bytes, long count)
    {
        // Whole rows of a megabyte, and what is left: bytes that make no float stand in the last one, before zeros.
        long floats = count / sizeof(float);
        int left = (int)(count % sizeof(float)), rows = (int)(floats / PartFloats), rest = (int)(floats % PartFloats);
        float end = 0;
        new ReadOnlySpan<byte>(bytes + (count - left), left).CopyTo(new Span<byte>(&end, sizeof(float)));
        return SHA256.HashData(
        [
            .. Of(pool, (float*)bytes, rows, PartFloats, PartFloats),
            .. Of(pool, (float*)bytes + ((long)rows * PartFloats), rest == 0 ? 0 : 1, rest, rest),
            .. Of(pool, &end, left == 0 ? 0 : 1, 1, 1),
        ]);
    }

    private static byte[] Of(ComputePool pool, float* data, int rows, int columns, nint stride)
    {
        int rowsOfPart = Math.Max(1, PartFloats / Math.Max(1, columns)), parts = Chunks.Count(rows, rowsOfPart);
        var ends = new ulong[Math.Max(1, parts) * Chains];
        fixed (ulong* start = ends)
        {
            Chunks.Run(pool, parts, (long)rows * columns, new Job(data, rows, columns, stride, rowsOfPart, start));
        }

        return SHA256.HashData(MemoryMarshal.AsBytes<ulong>(ends));
    }

    private readonly struct Job(float* data, int rows, int columns, nint stride, int rowsOfPart, ulong* ends) : IParallelJob
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int chunk)
        {
            Vector512<ulong> odd = Vector512.Create(Odd), h0 = default, h1 = default, h2 = default, h3 = default;
            for (int r = chunk * rowsOfPart; r < Math.Min(rows, (chunk + 1) * rowsOfPart); r++)
            {
                float* row = data + (r * stride);
                int c = 0;
                for (; c + (Vectors * Lanes.Width) <= columns; c += Vectors * Lanes.Width)
                {
                    h0 = Mixed(h0, Vector512.Load(row + c), odd);
                    h1 = Mixed(h1, Vector512.Load(row + c + Lanes.Width), odd);
                    h2 = Mixed(h2, Vector512.Load(row + c + (2 * Lanes.Width)), odd);
                    h3 = Mixed(h3, Vector512.Load(row + c + (3 * Lanes.Width)), odd);
                }

                for (; c < columns; c += Lanes.Width)
                {
                    h0 = Mixed(h0, Lanes.Load(row + c, columns - c), odd);
                }
            }

            ulong* end = ends + ((long)chunk * Chains);
            h0.Store(end);
            h1.Store(end + (Chains / Vectors));
            h2.Store(end + (2 * Chains / Vectors));
            h3.Store(end + (3 * Chains / Vectors));
        }

        // The product moves differences up, the shift brings them down again: a difference in the highest bit would stay there alone for good.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector512<ulong> Mixed(Vector512<ulong> chain, Vector512<float> words, Vector512<ulong> odd)
        {
            Vector512<ulong> product = (chain ^ words.AsUInt64()) * odd;
            return product ^ (product >>> 32);
        }
    }
}
