using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Temperament.Tensors.Quantization;
using Temperament.Tensors.Threading;

namespace Temperament.Tensors.Kernels;

/// <summary>
/// y = x W^T with NF4 weights for up to four rows of x, as when tokens are generated: 64 outputs a task, one lane an output, and weights that
/// are decoded into registers and used there. Codes are read once, at about the speed of memory.
/// Needs AVX-512, rows of whole blocks, and outputs in sixteens.
/// </summary>
internal readonly unsafe struct MatMulNf4Narrow(MatMulProduct product, float* levels, ThreadScratch scratch) : IThreadJob
{
    /// <summary>Outputs of a task.</summary>
    public const int Outputs = 64;

    /// <summary>Most rows of x: their sums, 4 registers each, leave half of the registers for weights.</summary>
    public const int MostRows = 4;

    // Blocks of a row that are unpacked at once: four lines, so that rows whose distance is a power of two do not push each other out of the cache.
    private const int MostBlocks = 8;

    /// <summary>Floats of scratch that a thread needs: sums, unpacked words, and the scales of all blocks, output by output.</summary>
    /// <param name="depth">Weights of a row.</param>
    public static long ThreadScratch(int depth) =>
        (MostRows * Outputs) + (MostBlocks * Nf4Unpack.Words * Outputs) + ((long)depth / Nf4Matrix.BlockSize * Outputs);

    /// <summary>True where this path may run a product.</summary>
    public static bool CanRun(in MatMulProduct product) =>
        product.Codes is not null && product.TransposedB && product.M <= MostRows && product.N % 16 == 0 && MatMulNf4Columns.CanPack(product.BStride);

    /// <inheritdoc/>
    public void Run(int chunk, int thread)
    {
        switch (product.M)
        {
            case 1: Run<OneRow>(chunk, thread); break;
            case 2: Run<TwoRows>(chunk, thread); break;
            case 3: Run<ThreeRows>(chunk, thread); break;
            case 4: Run<FourRows>(chunk, thread); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Run<TRows>(int chunk, int thread)
        where TRows : struct, ITileRows
    {
        int n = chunk * Outputs, outputs = Math.Min(Outputs, product.N - n);
        int rowBlocks = (int)(product.BStride / Nf4Matrix.BlockSize);
        nint rowBytes = product.BStride / 2;
        float* sums = scratch[thread];
        uint* words = (uint*)(sums + (MostRows * Outputs));
        float* scales = sums + (MostRows * Outputs) + (MostBlocks * Nf4Unpack.Words * Outputs);
        byte* codes = product.Codes + (n * rowBytes);
        Begin(n, outputs, rowBlocks, sums, scales);

        int steps = (rowBlocks + MostBlocks - 1) / MostBlocks, stepBlocks = (rowBlocks + steps - 1) / steps;
        for (int block = 0; block < rowBlocks; block += stepBlocks)
        {
            int blocks = Math.Min(stepBlocks, rowBlocks - block);
            byte* start = codes + ((nint)block * Nf4Matrix.BlockSize / 2);
            Unpack(start, rowBytes, outputs, blocks, words);
            byte* next = block + stepBlocks < rowBlocks ? start + ((nint)stepBlocks * Nf4Matrix.BlockSize / 2) : codes + (Outputs * rowBytes);
            AddBlocks<TRows>(
                words, scales + (block * Outputs), blocks, levels, product.A + (block * Nf4Matrix.BlockSize), product.AStride, sums, next, rowBytes);
        }

        for (int m = 0; m < TRows.Count; m++)
        {
            new ReadOnlySpan<float>(sums + (m * Outputs), outputs).CopyTo(new Span<float>(product.C + (m * product.CStride) + n, outputs));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Begin(int n, int outputs, int rowBlocks, float* sums, float* scales)
    {
        for (int m = 0; m < product.M; m++)
        {
            for (int i = 0; i < Outputs; i += 16)
            {
                bool load = product.Accumulate && i < outputs;
                (load ? Vector512.Load(product.C + (m * product.CStride) + n + i) : Vector512<float>.Zero).Store(sums + (m * Outputs) + i);
            }
        }

        for (int r = 0; r < Outputs; r += 4)
        {
            // Where a task has fewer outputs, the last four stand in for the rest; nobody stores their sums.
            float* s0 = product.Scales + ((nint)(n + Math.Min(r, outputs - 4)) * rowBlocks);
            float* s1 = s0 + rowBlocks, s2 = s1 + rowBlocks, s3 = s2 + rowBlocks, to = scales + r;
            for (int block = 0; block < rowBlocks; block++)
            {
                to[0] = s0[block];
                to[1] = s1[block];
                to[2] = s2[block];
                to[3] = s3[block];
                to += Outputs;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Unpack(byte* codes, nint rowBytes, int outputs, int blocks, uint* words)
    {
        for (int group = 0; group < Outputs; group += 16)
        {
            byte* row = codes + (Math.Min(group, outputs - 16) * rowBytes);
            for (int block = 0; block < blocks; block++)
            {
                Nf4Unpack.TransposeWords(row + (block * Nf4Matrix.BlockSize / 2), rowBytes, words + (block * Nf4Unpack.Words * Outputs) + group, Outputs);
            }
        }
    }

    // Asks for what is unpacked next, all rows in the time of this step.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte* Prefetch(byte* row, nint rowBytes, int rows, int bytes)
    {
        for (int i = 0; i < rows; i++)
        {
            for (int at = 0; at < bytes; at += 64)
            {
                Sse.Prefetch1(row + at);
            }

            row += rowBytes;
        }

        return row;
    }

    // Depths in order: words, four bytes each, the high nibble of a byte before the low one.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddBlocks<TRows>(
        uint* words, float* scales, int blocks, float* levels, float* x, nint stride, float* sums, byte* next, nint rowBytes)
        where TRows : struct, ITileRows
    {
        Vector512<float> table = Vector512.Load(levels);
        int prefetchedRows = MostBlocks / blocks, prefetchedBytes = blocks * Nf4Matrix.BlockSize / 2;

        Vector512<float> a0 = Vector512.Load(sums);
        Vector512<float> a1 = Vector512.Load(sums + 16);
        Vector512<float> a2 = Vector512.Load(sums + 32);
        Vector512<float> a3 = Vector512.Load(sums + 48);
        Vector512<float> b0 = TRows.Count > 1 ? Vector512.Load(sums + 64) : default;
        Vector512<float> b1 = TRows.Count > 1 ? Vector512.Load(sums + 80) : default;
        Vector512<float> b2 = TRows.Count > 1 ? Vector512.Load(sums + 96) : default;
        Vector512<float> b3 = TRows.Count > 1 ? Vector512.Load(sums + 112) : default;
        Vector512<float> c0 = TRows.Count > 2 ? Vector512.Load(sums + 128) : default;
        Vector512<float> c1 = TRows.Count > 2 ? Vector512.Load(sums + 144) : default;
        Vector512<float> c2 = TRows.Count > 2 ? Vector512.Load(sums + 160) : default;
        Vector512<float> c3 = TRows.Count > 2 ? Vector512.Load(sums + 176) : default;
        Vector512<float> d0 = TRows.Count > 3 ? Vector512.Load(sums + 192) : default;
        Vector512<float> d1 = TRows.Count > 3 ? Vector512.Load(sums + 208) : default;
        Vector512<float> d2 = TRows.Count > 3 ? Vector512.Load(sums + 224) : default;
        Vector512<float> d3 = TRows.Count > 3 ? Vector512.Load(sums + 240) : default;
        for (int word = 0; word < blocks * Nf4Unpack.Words; word++)
        {
            float* scale = scales + (word / Nf4Unpack.Words * Outputs);
            Vector512<float> s0 = Vector512.Load(scale), s1 = Vector512.Load(scale + 16), s2 = Vector512.Load(scale + 32), s3 = Vector512.Load(scale + 48);
            next = Prefetch(next, rowBytes, prefetchedRows, prefetchedBytes);
            Vector512<uint> q0 = Vector512.Load(words), q1 = Vector512.Load(words + 16), q2 = Vector512.Load(words + 32), q3 = Vector512.Load(words + 48);
            words += Outputs;
            for (int pair = 0; pair < 4; pair++)
            {
                Vector512<float> w0 = Avx512F.PermuteVar16x32(table, (q0 >>> 4).AsInt32()) * s0;
                Vector512<float> w1 = Avx512F.PermuteVar16x32(table, (q1 >>> 4).AsInt32()) * s1;
                Vector512<float> w2 = Avx512F.PermuteVar16x32(table, (q2 >>> 4).AsInt32()) * s2;
                Vector512<float> w3 = Avx512F.PermuteVar16x32(table, (q3 >>> 4).AsInt32()) * s3;
                Vector512<float> v = Vector512.Create(x[0]);
                a0 = Vector512.FusedMultiplyAdd(v, w0, a0);
                a1 = Vector512.FusedMultiplyAdd(v, w1, a1);
                a2 = Vector512.FusedMultiplyAdd(v, w2, a2);
                a3 = Vector512.FusedMultiplyAdd(v, w3, a3);

                if (TRows.Count > 1)
                {
                    v = Vector512.Create(x[stride]);
                    b0 = Vector512.FusedMultiplyAdd(v, w0, b0);
                    b1 = Vector512.FusedMultiplyAdd(v, w1, b1);
                    b2 = Vector512.FusedMultiplyAdd(v, w2, b2);
                    b3 = Vector512.FusedMultiplyAdd(v, w3, b3);
                }

                if (TRows.Count > 2)
                {
                    v = Vector512.Create(x[2 * stride]);
                    c0 = Vector512.FusedMultiplyAdd(v, w0, c0);
                    c1 = Vector512.FusedMultiplyAdd(v, w1, c1);
                    c2 = Vector512.FusedMultiplyAdd(v, w2, c2);
                    c3 = Vector512.FusedMultiplyAdd(v, w3, c3);
                }

                if (TRows.Count > 3)
                {
                    v = Vector512.Create(x[3 * stride]);
                    d0 = Vector512.FusedMultiplyAdd(v, w0, d0);
                    d1 = Vector512.FusedMultiplyAdd(v, w1, d1);
                    d2 = Vector512.FusedMultiplyAdd(v, w2, d2);
                    d3 = Vector512.FusedMultiplyAdd(v, w3, d3);
                }

                w0 = Avx512F.PermuteVar16x32(table, q0.AsInt32()) * s0;
                w1 = Avx512F.PermuteVar16x32(table, q1.AsInt32()) * s1;
                w2 = Avx512F.PermuteVar16x32(table, q2.AsInt32()) * s2;
                w3 = Avx512F.PermuteVar16x32(table, q3.AsInt32()) * s3;
                v = Vector512.Create(x[1]);
                a0 = Vector512.FusedMultiplyAdd(v, w0, a0);
                a1 = Vector512.FusedMultiplyAdd(v, w1, a1);
                a2 = Vector512.FusedMultiplyAdd(v, w2, a2);
                a3 = Vector512.FusedMultiplyAdd(v, w3, a3);

                if (TRows.Count > 1)
                {
                    v = Vector512.Create(x[stride + 1]);
                    b0 = Vector512.FusedMultiplyAdd(v, w0, b0);
                    b1 = Vector512.FusedMultiplyAdd(v, w1, b1);
                    b2 = Vector512.FusedMultiplyAdd(v, w2, b2);
                    b3 = Vector512.FusedMultiplyAdd(v, w3, b3);
                }

                if (TRows.Count > 2)
                {
                    v = Vector512.Create(x[(2 * stride) + 1]);
                    c0 = Vector512.FusedMultiplyAdd(v, w0, c0);
                    c1 = Vector512.FusedMultiplyAdd(v, w1, c1);
                    c2 = Vector512.FusedMultiplyAdd(v, w2, c2);
                    c3 = Vector512.FusedMultiplyAdd(v, w3, c3);
                }

                if (TRows.Count > 3)
                {
                    v = Vector512.Create(x[(3 * stride) + 1]);
                    d0 = Vector512.FusedMultiplyAdd(v, w0, d0);
                    d1 = Vector512.FusedMultiplyAdd(v, w1, d1);
                    d2 = Vector512.FusedMultiplyAdd(v, w2, d2);
                    d3 = Vector512.FusedMultiplyAdd(v, w3, d3);
                }

                q0 >>>= 8;
                q1 >>>= 8;
                q2 >>>= 8;
                q3 >>>= 8;
                x += 2;
            }
        }

        a0.Store(sums);
        a1.Store(sums + 16);
        a2.Store(sums + 32);
        a3.Store(sums + 48);

        if (TRows.Count > 1)
        {
            b0.Store(sums + 64);
            b1.Store(sums + 80);
            b2.Store(sums + 96);
            b3.Store(sums + 112);
        }

        if (TRows.Count > 2)
        {
            c0.Store(sums + 128);
            c1.Store(sums + 144);
            c2.Store(sums + 160);
            c3.Store(sums + 176);
        }

        if (TRows.Count > 3)
        {
            d0.Store(sums + 192);
            d1.Store(sums + 208);
            d2.Store(sums + 224);
            d3.Store(sums + 240);
        }
    }
}
