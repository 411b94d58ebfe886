using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;

namespace Temperament.Tensors.Kernels;

/// <summary>y = f(x) of every element, f being one of <see cref="ActivationKind"/>.</summary>
public static unsafe class Activation
{
    /// <summary>Applies the function.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="kind">The function.</param>
    /// <param name="y">(R, F) output; may be <paramref name="x"/>.</param>
    /// <param name="x">(R, F) input.</param>
    public static void Forward(ComputePool pool, ActivationKind kind, Tensor y, Tensor x)
    {
        Chunks.ThrowIfNotShape(y, x.Rows, x.Columns);
        switch (kind)
        {
            case ActivationKind.GeluTanh:
                Run<GeluTanh>(pool, y, default, x);
                break;
            case ActivationKind.GeluErf:
                Run<GeluErf>(pool, y, default, x);
                break;
            case ActivationKind.Relu:
                Run<Relu>(pool, y, default, x);
                break;
            case ActivationKind.Tanh:
                Run<TanhActivation>(pool, y, default, x);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(kind), kind, "No function of this kind.");
        }
    }

    /// <summary>Sets (does not add to) the gradient of the input.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="kind">The function.</param>
    /// <param name="dx">(R, F) gradient of the input, overwritten; may be <paramref name="dy"/> or <paramref name="x"/>.</param>
    /// <param name="dy">(R, F) gradient of the output.</param>
    /// <param name="x">(R, F) input of the forward pass.</param>
    public static void Backward(ComputePool pool, ActivationKind kind, Tensor dx, Tensor dy, Tensor x)
    {
        Chunks.ThrowIfNotShape(dx, x.Rows, x.Columns);
        Chunks.ThrowIfNotShape(dy, x.Rows, x.Columns);
        switch (kind)
        {
            case ActivationKind.GeluTanh:
                Run<GeluTanh>(pool, dx, dy, x);
                break;
            case ActivationKind.GeluErf:
                Run<GeluErf>(pool, dx, dy, x);
                break;
            case ActivationKind.Relu:
                Run<Relu>(pool, dx, dy, x);
                break;
            case ActivationKind.Tanh:
                Run<TanhActivation>(pool, dx, dy, x);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(kind), kind, "No function of this kind.");
        }
    }

    private static void Run<T>(ComputePool pool, Tensor target, Tensor dy, Tensor x)
        where T : unmanaged, IActivation
    {
        int rowsOfChunk = Chunks.RowsOf(x.Columns), chunks = Chunks.Count(x.Rows, rowsOfChunk);
        if (dy.IsEmpty)
        {
            Chunks.Run(pool, chunks, x.Count, new ForwardJob<T>(new RowView(target), new RowView(x), rowsOfChunk));
        }
        else
        {
            Chunks.Run(pool, chunks, x.Count, new BackwardJob<T>(new RowView(target), new RowView(dy), new RowView(x), rowsOfChunk));
        }

        target.KeepAlive();
        dy.KeepAlive();
        x.KeepAlive();
    }

    private readonly struct ForwardJob<T>(RowView y, RowView x, int rowsOfChunk) : IParallelJob
        where T : unmanaged, IActivation
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int chunk)
        {
            int F = x.Columns;
            for (int r = chunk * rowsOfChunk; r < Math.Min(x.Rows, (chunk + 1) * rowsOfChunk); r++)
            {
                float* yr = y.Row(r), xr = x.Row(r);
                for (int f = 0; f < F; f += Lanes.Width)
                {
                    Lanes.Store(T.Of(Lanes.Load(xr + f, F - f)), yr + f, F - f);
                }
            }
        }
    }

    private readonly struct BackwardJob<T>(RowView dx, RowView dy, RowView x, int rowsOfChunk) : IParallelJob
        where T : unmanaged, IActivation
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int chunk)
        {
            int F = x.Columns;
            for (int r = chunk * rowsOfChunk; r < Math.Min(x.Rows, (chunk + 1) * rowsOfChunk); r++)
            {
                float* dxr = dx.Row(r), dyr = dy.Row(r), xr = x.Row(r);
                for (int f = 0; f < F; f += Lanes.Width)
                {
                    Vector512<float> slope = T.Slope(Lanes.Load(xr + f, F - f));
                    Lanes.Store(Lanes.Load(dyr + f, F - f) * slope, dxr + f, F - f);
                }
            }
        }
    }
}
