using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Temperament.Tensors.Threading;

namespace Temperament.Tensors.Kernels;

/// <summary>
/// y = x W^T with float32 or bfloat16 weights for few rows of x: 16 outputs a task, one lane an output. Weights go from memory through a 16 by 16
/// transposition in registers into the sums of up to 12 rows and are never stored, so the product runs at about the speed of memory.
/// Needs AVX-512 and at least 16 outputs.
/// </summary>
internal readonly unsafe struct MatMulNarrow(MatMulProduct product) : IThreadJob
{
    /// <summary>Outputs of a task.</summary>
    public const int Outputs = 16;

    // Half of a second cache of 1 MiB holds the weights of this task and of the next.
    private const nint MostPrefetchedBytes = 256 << 10;

    // Blocks of sixteen depths between asking for weights and using them, where rows are too long for that.
    private const int BlocksAhead = 32;
    private const int LineBytes = 64;

    /// <summary>Most rows of x; with more of them it pays to store the transposed weights.</summary>
    public const int MostRows = 36;

    /// <summary>True where this path may run a product.</summary>
    public static bool CanRun(in MatMulProduct product) =>
        Avx512F.IsSupported && product.IsPlain && product.TransposedB && !product.TransposedA && product.M <= MostRows && product.N >= Outputs;

    /// <inheritdoc/>
    public void Run(int chunk, int thread)
    {
        if (product.Halves is not null)
        {
            Run<HalfWeights>((byte*)product.Halves, chunk);
        }
        else
        {
            Run<FloatWeights>((byte*)product.B, chunk);
        }
    }

    private void Run<TWeights>(byte* weights, int chunk)
        where TWeights : struct, IPlainWeights
    {
        // Rows in groups of equal size, as far as they go.
        int groups = (product.M + MatMulPlan.TileRows - 1) / MatMulPlan.TileRows, size = (product.M + groups - 1) / groups;
        for (int row = 0; row < product.M; row += size)
        {
            Run<TWeights>(weights, chunk, row, Math.Min(size, product.M - row));
        }
    }

    private void Run<TWeights>(byte* weights, int chunk, int row, int rows)
        where TWeights : struct, IPlainWeights
    {
        switch (rows)
        {
            case 1: Run<OneRow, TWeights>(weights, chunk, row); break;
            case 2: Run<TwoRows, TWeights>(weights, chunk, row); break;
            case 3: Run<ThreeRows, TWeights>(weights, chunk, row); break;
            case 4: Run<FourRows, TWeights>(weights, chunk, row); break;
            case 5: Run<FiveRows, TWeights>(weights, chunk, row); break;
            case 6: Run<SixRows, TWeights>(weights, chunk, row); break;
            case 7: Run<SevenRows, TWeights>(weights, chunk, row); break;
            case 8: Run<EightRows, TWeights>(weights, chunk, row); break;
            case 9: Run<NineRows, TWeights>(weights, chunk, row); break;
            case 10: Run<TenRows, TWeights>(weights, chunk, row); break;
            case 11: Run<ElevenRows, TWeights>(weights, chunk, row); break;
            case 12: Run<TwelveRows, TWeights>(weights, chunk, row); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Run<TRows, TWeights>(byte* weights, int chunk, int row)
        where TRows : struct, ITileRows
        where TWeights : struct, IPlainWeights
    {
        // The last task begins early enough to be whole; it stores only what is its own.
        int n = Math.Min(chunk * Outputs, product.N - Outputs), skipped = (chunk * Outputs) - n;
        float* x = product.A + (row * product.AStride), y = product.C + (row * product.CStride) + n;
        float* sums = stackalloc float[MatMulPlan.TileRows * Outputs];
        for (int m = 0; m < TRows.Count; m++)
        {
            Vector512<float> start = product.Accumulate ? Vector512.Load(y + (m * product.CStride)) : Vector512<float>.Zero;
            start.Store(sums + (m * Outputs));
        }

        byte* w = weights + (n * product.BStride * TWeights.Bytes);
        int blocks = product.K / 16;
        if (blocks > 0)
        {
            nint bytes = product.BStride * Outputs * TWeights.Bytes;
            if (row > 0 || bytes <= MostPrefetchedBytes)
            {
                AddBlocks<TRows, TWeights>(w, product.BStride, x, product.AStride, blocks, sums, Ahead.InOrder<TWeights>(row == 0 ? w + bytes : w));
            }
            else
            {
                // Long rows: along each of them, then the beginnings of the rows of the next task.
                int last = Math.Min(blocks, BlocksAhead), first = blocks - last;
                nint skip = (nint)first * 16;
                if (first > 0)
                {
                    AddBlocks<TRows, TWeights>(
                        w, product.BStride, x, product.AStride, first, sums, Ahead.AlongRows<TWeights>(w + (last * 16 * TWeights.Bytes), product.BStride));
                }

                AddBlocks<TRows, TWeights>(
                    w + (skip * TWeights.Bytes), product.BStride, x + skip, product.AStride, last, sums, Ahead.AlongRows<TWeights>(w + bytes, product.BStride));
            }
        }

        AddRest<TRows, TWeights>(w, x, blocks * 16, sums);
        for (int m = 0; m < TRows.Count; m++)
        {
            new ReadOnlySpan<float>(sums + (m * Outputs) + skipped, Outputs - skipped)
                .CopyTo(new Span<float>(y + (m * product.CStride) + skipped, Outputs - skipped));
        }
    }

    private void AddRest<TRows, TWeights>(byte* w, float* x, int k, float* sums)
        where TRows : struct, ITileRows
        where TWeights : struct, IPlainWeights
    {
        for (; k < product.K; k++)
        {
            for (int m = 0; m < TRows.Count; m++)
            {
                float factor = x[(m * product.AStride) + k];
                for (int r = 0; r < Outputs; r++)
                {
                    sums[(m * Outputs) + r] = MathF.FusedMultiplyAdd(factor, TWeights.Load(w + (((r * product.BStride) + k) * TWeights.Bytes)), sums[(m * Outputs) + r]);
                }
            }
        }
    }

    // Sixteen depths a round: the transposition leaves depth 4 g + i of all sixteen outputs to one last shuffle, which its additions follow.
    // Some lines are used and as many of what comes later are asked for.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddBlocks<TRows, TWeights>(byte* w, nint stride, float* x, nint xStride, int blocks, float* sums, Ahead ahead)
        where TRows : struct, ITileRows
        where TWeights : struct, IPlainWeights
    {
        Vector512<float> s0 = Vector512.Load(sums);
        Vector512<float> s1 = TRows.Count > 1 ? Vector512.Load(sums + 16) : default;
        Vector512<float> s2 = TRows.Count > 2 ? Vector512.Load(sums + 32) : default;
        Vector512<float> s3 = TRows.Count > 3 ? Vector512.Load(sums + 48) : default;
        Vector512<float> s4 = TRows.Count > 4 ? Vector512.Load(sums + 64) : default;
        Vector512<float> s5 = TRows.Count > 5 ? Vector512.Load(sums + 80) : default;
        Vector512<float> s6 = TRows.Count > 6 ? Vector512.Load(sums + 96) : default;
        Vector512<float> s7 = TRows.Count > 7 ? Vector512.Load(sums + 112) : default;
        Vector512<float> s8 = TRows.Count > 8 ? Vector512.Load(sums + 128) : default;
        Vector512<float> s9 = TRows.Count > 9 ? Vector512.Load(sums + 144) : default;
        Vector512<float> s10 = TRows.Count > 10 ? Vector512.Load(sums + 160) : default;
        Vector512<float> s11 = TRows.Count > 11 ? Vector512.Load(sums + 176) : default;
        do
        {
            byte* line = ahead.Next;
            for (int i = 0; i < ahead.Lines; i++)
            {
                Sse.Prefetch1(line);
                line += ahead.LineStep;
            }

            ahead.Next += ahead.BlockStep;
            var rows = new PlainRows<TWeights>(w, stride);
            Transpose16.Quad(rows, 0, 0, out Vector512<float> a0, out Vector512<float> a1, out Vector512<float> a2, out Vector512<float> a3);
            Transpose16.Quad(rows, 4, 0, out Vector512<float> b0, out Vector512<float> b1, out Vector512<float> b2, out Vector512<float> b3);
            Transpose16.Quad(rows, 8, 0, out Vector512<float> c0, out Vector512<float> c1, out Vector512<float> c2, out Vector512<float> c3);
            Transpose16.Quad(rows, 12, 0, out Vector512<float> d0, out Vector512<float> d1, out Vector512<float> d2, out Vector512<float> d3);
            Vector512<float> t0 = Avx512F.Shuffle4x128(a0, b0, 0x88), u0 = Avx512F.Shuffle4x128(c0, d0, 0x88);
            a0 = Avx512F.Shuffle4x128(a0, b0, 0xdd);
            c0 = Avx512F.Shuffle4x128(c0, d0, 0xdd);
            Vector512<float> t1 = Avx512F.Shuffle4x128(a1, b1, 0x88), u1 = Avx512F.Shuffle4x128(c1, d1, 0x88);
            a1 = Avx512F.Shuffle4x128(a1, b1, 0xdd);
            c1 = Avx512F.Shuffle4x128(c1, d1, 0xdd);
            Vector512<float> t2 = Avx512F.Shuffle4x128(a2, b2, 0x88), u2 = Avx512F.Shuffle4x128(c2, d2, 0x88);
            a2 = Avx512F.Shuffle4x128(a2, b2, 0xdd);
            c2 = Avx512F.Shuffle4x128(c2, d2, 0xdd);
            Vector512<float> t3 = Avx512F.Shuffle4x128(a3, b3, 0x88), u3 = Avx512F.Shuffle4x128(c3, d3, 0x88);
            a3 = Avx512F.Shuffle4x128(a3, b3, 0xdd);
            c3 = Avx512F.Shuffle4x128(c3, d3, 0xdd);
            Add<TRows>(Avx512F.Shuffle4x128(t0, u0, 0x88), x, xStride, ref s0, ref s1, ref s2, ref s3, ref s4, ref s5, ref s6, ref s7, ref s8, ref s9, ref s10, ref s11);
            Add<TRows>(Avx512F.Shuffle4x128(t1, u1, 0x88), x + 1, xStride, ref s0, ref s1, ref s2, ref s3, ref s4, ref s5, ref s6, ref s7, ref s8, ref s9, ref s10, ref s11);
            Add<TRows>(Avx512F.Shuffle4x128(t2, u2, 0x88), x + 2, xStride, ref s0, ref s1, ref s2, ref s3, ref s4, ref s5, ref s6, ref s7, ref s8, ref s9, ref s10, ref s11);
            Add<TRows>(Avx512F.Shuffle4x128(t3, u3, 0x88), x + 3, xStride, ref s0, ref s1, ref s2, ref s3, ref s4, ref s5, ref s6, ref s7, ref s8, ref s9, ref s10, ref s11);
            Add<TRows>(Avx512F.Shuffle4x128(a0, c0, 0x88), x + 4, xStride, ref s0, ref s1, ref s2, ref s3, ref s4, ref s5, ref s6, ref s7, ref s8, ref s9, ref s10, ref s11);
            Add<TRows>(Avx512F.Shuffle4x128(a1, c1, 0x88), x + 5, xStride, ref s0, ref s1, ref s2, ref s3, ref s4, ref s5, ref s6, ref s7, ref s8, ref s9, ref s10, ref s11);
            Add<TRows>(Avx512F.Shuffle4x128(a2, c2, 0x88), x + 6, xStride, ref s0, ref s1, ref s2, ref s3, ref s4, ref s5, ref s6, ref s7, ref s8, ref s9, ref s10, ref s11);
            Add<TRows>(Avx512F.Shuffle4x128(a3, c3, 0x88), x + 7, xStride, ref s0, ref s1, ref s2, ref s3, ref s4, ref s5, ref s6, ref s7, ref s8, ref s9, ref s10, ref s11);
            Add<TRows>(Avx512F.Shuffle4x128(t0, u0, 0xdd), x + 8, xStride, ref s0, ref s1, ref s2, ref s3, ref s4, ref s5, ref s6, ref s7, ref s8, ref s9, ref s10, ref s11);
            Add<TRows>(Avx512F.Shuffle4x128(t1, u1, 0xdd), x + 9, xStride, ref s0, ref s1, ref s2, ref s3, ref s4, ref s5, ref s6, ref s7, ref s8, ref s9, ref s10, ref s11);
            Add<TRows>(Avx512F.Shuffle4x128(t2, u2, 0xdd), x + 10, xStride, ref s0, ref s1, ref s2, ref s3, ref s4, ref s5, ref s6, ref s7, ref s8, ref s9, ref s10, ref s11);
            Add<TRows>(Avx512F.Shuffle4x128(t3, u3, 0xdd), x + 11, xStride, ref s0, ref s1, ref s2, ref s3, ref s4, ref s5, ref s6, ref s7, ref s8, ref s9, ref s10, ref s11);
            Add<TRows>(Avx512F.Shuffle4x128(a0, c0, 0xdd), x + 12, xStride, ref s0, ref s1, ref s2, ref s3, ref s4, ref s5, ref s6, ref s7, ref s8, ref s9, ref s10, ref s11);
            Add<TRows>(Avx512F.Shuffle4x128(a1, c1, 0xdd), x + 13, xStride, ref s0, ref s1, ref s2, ref s3, ref s4, ref s5, ref s6, ref s7, ref s8, ref s9, ref s10, ref s11);
            Add<TRows>(Avx512F.Shuffle4x128(a2, c2, 0xdd), x + 14, xStride, ref s0, ref s1, ref s2, ref s3, ref s4, ref s5, ref s6, ref s7, ref s8, ref s9, ref s10, ref s11);
            Add<TRows>(Avx512F.Shuffle4x128(a3, c3, 0xdd), x + 15, xStride, ref s0, ref s1, ref s2, ref s3, ref s4, ref s5, ref s6, ref s7, ref s8, ref s9, ref s10, ref s11);
            w += 16 * TWeights.Bytes;
            x += 16;
        }
        while (--blocks > 0);

        s0.Store(sums);
        if (TRows.Count > 1)
        {
            s1.Store(sums + 16);
        }

        if (TRows.Count > 2)
        {
            s2.Store(sums + 32);
        }

        if (TRows.Count > 3)
        {
            s3.Store(sums + 48);
        }

        if (TRows.Count > 4)
        {
            s4.Store(sums + 64);
        }

        if (TRows.Count > 5)
        {
            s5.Store(sums + 80);
        }

        if (TRows.Count > 6)
        {
            s6.Store(sums + 96);
        }

        if (TRows.Count > 7)
        {
            s7.Store(sums + 112);
        }

        if (TRows.Count > 8)
        {
            s8.Store(sums + 128);
        }

        if (TRows.Count > 9)
        {
            s9.Store(sums + 144);
        }

        if (TRows.Count > 10)
        {
            s10.Store(sums + 160);
        }

        if (TRows.Count > 11)
        {
            s11.Store(sums + 176);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add<TRows>(
        Vector512<float> w,
        float* x,
        nint stride,
        ref Vector512<float> s0,
        ref Vector512<float> s1,
        ref Vector512<float> s2,
        ref Vector512<float> s3,
        ref Vector512<float> s4,
        ref Vector512<float> s5,
        ref Vector512<float> s6,
        ref Vector512<float> s7,
        ref Vector512<float> s8,
        ref Vector512<float> s9,
        ref Vector512<float> s10,
        ref Vector512<float> s11)
        where TRows : struct, ITileRows
    {
        s0 = Vector512.FusedMultiplyAdd(Vector512.Create(x[0]), w, s0);
        if (TRows.Count > 1)
        {
            s1 = Vector512.FusedMultiplyAdd(Vector512.Create(x[stride]), w, s1);
        }

        if (TRows.Count > 2)
        {
            s2 = Vector512.FusedMultiplyAdd(Vector512.Create(x[2 * stride]), w, s2);
        }

        if (TRows.Count > 3)
        {
            s3 = Vector512.FusedMultiplyAdd(Vector512.Create(x[3 * stride]), w, s3);
        }

        if (TRows.Count > 4)
        {
            s4 = Vector512.FusedMultiplyAdd(Vector512.Create(x[4 * stride]), w, s4);
        }

        if (TRows.Count > 5)
        {
            s5 = Vector512.FusedMultiplyAdd(Vector512.Create(x[5 * stride]), w, s5);
        }

        if (TRows.Count > 6)
        {
            s6 = Vector512.FusedMultiplyAdd(Vector512.Create(x[6 * stride]), w, s6);
        }

        if (TRows.Count > 7)
        {
            s7 = Vector512.FusedMultiplyAdd(Vector512.Create(x[7 * stride]), w, s7);
        }

        if (TRows.Count > 8)
        {
            s8 = Vector512.FusedMultiplyAdd(Vector512.Create(x[8 * stride]), w, s8);
        }

        if (TRows.Count > 9)
        {
            s9 = Vector512.FusedMultiplyAdd(Vector512.Create(x[9 * stride]), w, s9);
        }

        if (TRows.Count > 10)
        {
            s10 = Vector512.FusedMultiplyAdd(Vector512.Create(x[10 * stride]), w, s10);
        }

        if (TRows.Count > 11)
        {
            s11 = Vector512.FusedMultiplyAdd(Vector512.Create(x[11 * stride]), w, s11);
        }
    }

    // What is asked for while a block of sixteen depths is added.
    private struct Ahead
    {
        public byte* Next;
        public int Lines;
        public nint LineStep;
        public nint BlockStep;

        // The order of memory, which the hardware can then run ahead of.
        public static Ahead InOrder<TWeights>(byte* next)
            where TWeights : struct, IPlainWeights
        {
            int bytes = Outputs * 16 * TWeights.Bytes;
            return new Ahead { Next = next, Lines = bytes / LineBytes, LineStep = LineBytes, BlockStep = bytes };
        }

        public static Ahead AlongRows<TWeights>(byte* next, nint stride)
            where TWeights : struct, IPlainWeights => new()
        {
            Next = next,
            Lines = Outputs,
            LineStep = stride * TWeights.Bytes,
            BlockStep = 16 * TWeights.Bytes,
        };
    }
}
