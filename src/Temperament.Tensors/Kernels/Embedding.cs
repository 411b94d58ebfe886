using System.Runtime.CompilerServices;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;

namespace Temperament.Tensors.Kernels;

/// <summary>Rows of a table by token: y[r] = table[tokens[r]].</summary>
public static unsafe class Embedding
{
    private const int ColumnsOfChunk = 64;

    /// <summary>Copies the row of every token.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="y">(R, C) output.</param>
    /// <param name="table">(V, C) one row for each token.</param>
    /// <param name="tokens">(R) tokens.</param>
    public static void Forward(ComputePool pool, Tensor y, Tensor table, ReadOnlySpan<int> tokens)
    {
        Check(y, table, tokens);
        fixed (int* rows = tokens)
        {
            var job = new ForwardJob(new RowView(y), new RowView(table), rows, Chunks.RowsOf(y.Columns));
            Chunks.Run(pool, Chunks.Count(y.Rows, job.RowsOfChunk), y.Count, job);
        }

        y.KeepAlive();
        table.KeepAlive();
    }

    /// <summary>As above, from a table in any storage format: only the rows that are asked for are widened.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="y">(R, C) output.</param>
    /// <param name="table">(V, C) one row for each token.</param>
    /// <param name="tokens">(R) tokens.</param>
    public static void Forward(ComputePool pool, Tensor y, WeightMatrix table, ReadOnlySpan<int> tokens)
    {
        ArgumentNullException.ThrowIfNull(table);
        if (table.Format == WeightFormat.F32)
        {
            Forward(pool, y, table.Dense, tokens);
            return;
        }

        Chunks.ThrowIfNotShape(y, tokens.Length, table.Inputs);
        for (int r = 0; r < tokens.Length; r++)
        {
            table.ReadRow(tokens[r], y.Row(r));
        }

        y.KeepAlive();
    }

    /// <summary>Adds every row of the gradient to the row of its token, in ascending order of rows.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="dtable">(V, C) gradient of the table, accumulated.</param>
    /// <param name="dy">(R, C) gradient of the output.</param>
    /// <param name="tokens">(R) tokens.</param>
    public static void Backward(ComputePool pool, Tensor dtable, Tensor dy, ReadOnlySpan<int> tokens)
    {
        Check(dy, dtable, tokens);
        fixed (int* rows = tokens)
        {
            var job = new BackwardJob(new RowView(dtable), new RowView(dy), rows);
            Chunks.Run(pool, Chunks.Count(dy.Columns, ColumnsOfChunk), dy.Count, job);
        }

        dtable.KeepAlive();
        dy.KeepAlive();
    }

    private static void Check(Tensor y, Tensor table, ReadOnlySpan<int> tokens)
    {
        Chunks.ThrowIfNotShape(y, tokens.Length, table.Columns);
        foreach (int token in tokens)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)token, (uint)table.Rows, nameof(tokens));
        }
    }

    private readonly struct ForwardJob(RowView y, RowView table, int* tokens, int rowsOfChunk) : IParallelJob
    {
        public int RowsOfChunk => rowsOfChunk;

        public void Run(int chunk)
        {
            for (int r = chunk * rowsOfChunk; r < Math.Min(y.Rows, (chunk + 1) * rowsOfChunk); r++)
            {
                new ReadOnlySpan<float>(table.Row(tokens[r]), y.Columns).CopyTo(new Span<float>(y.Row(r), y.Columns));
            }
        }
    }

    // A chunk owns 64 columns of the whole table, so two rows with the same token never meet on two threads.
    private readonly struct BackwardJob(RowView dtable, RowView dy, int* tokens) : IParallelJob
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int chunk)
        {
            int end = Math.Min(dy.Columns, (chunk + 1) * ColumnsOfChunk);
            for (int r = 0; r < dy.Rows; r++)
            {
                for (int c = chunk * ColumnsOfChunk; c < end; c += Lanes.Width)
                {
                    float* target = dtable.At(tokens[r], c);
                    Lanes.Store(Lanes.Load(target, end - c) + Lanes.Load(dy.At(r, c), end - c), target, end - c);
                }
            }
        }
    }
}
