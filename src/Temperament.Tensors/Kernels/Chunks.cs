using System.Runtime.CompilerServices;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;

namespace Temperament.Tensors.Kernels;

/// <summary>How kernels cut their work: by the shape alone, never by the number of threads.</summary>
internal static class Chunks
{
    /// <summary>Elements below which a kernel runs on its caller: about the time that waking a thread takes.</summary>
    private const long Small = 8192;

    private const int Target = 16384;

    /// <summary>Rows of one chunk of a tensor with so many columns.</summary>
    public static int RowsOf(int columns) => Math.Max(1, Target / Math.Max(1, columns));

    /// <summary>Number of chunks of <paramref name="size"/> in <paramref name="count"/>.</summary>
    public static int Count(int count, int size) => (int)(((long)count + size - 1) / size);

    /// <summary>Runs all chunks, on the pool if there is enough to do.</summary>
    public static void Run<TJob>(ComputePool pool, int chunks, long elements, TJob job)
        where TJob : unmanaged, IParallelJob
    {
        ArgumentNullException.ThrowIfNull(pool);
        if (elements >= Small && chunks > 1)
        {
            pool.Run(chunks, job);
            return;
        }

        pool.RunHere(chunks, job);
    }

    /// <summary>As <see cref="Run"/>, for a job that uses scratch memory of its thread.</summary>
    public static void RunOnThreads<TJob>(ComputePool pool, int chunks, long elements, TJob job)
        where TJob : unmanaged, IThreadJob
    {
        if (elements >= Small && chunks > 1)
        {
            pool.RunOnThreads(chunks, job);
            return;
        }

        pool.RunOnCaller(chunks, job);
    }

    /// <summary>Throws unless <paramref name="tensor"/> is (<paramref name="rows"/>, <paramref name="columns"/>).</summary>
    public static void ThrowIfNotShape(Tensor tensor, int rows, int columns, [CallerArgumentExpression(nameof(tensor))] string? name = null)
    {
        if (tensor.Rows != rows || tensor.Columns != columns)
        {
            throw new ArgumentException($"{name} is ({tensor.Rows}, {tensor.Columns}); ({rows}, {columns}) was expected.", name);
        }
    }
}
