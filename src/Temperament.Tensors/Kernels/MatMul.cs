using Temperament.Tensors.Memory;
using Temperament.Tensors.Quantization;
using Temperament.Tensors.Threading;

namespace Temperament.Tensors.Kernels;

/// <summary>
/// The three products of a linear layer y = x W^T with weights W (N, K) in any storage format; M rows of activations.
/// </summary>
/// <remarks>
/// Every element is one chain of fused multiply-adds over the contracted index in ascending order, started from the old value where
/// the call accumulates and from zero where it does not. So the bits depend neither on the number of threads, nor on the instruction set, nor on which other rows are in the call.
/// Design after Goto and van de Geijn 2008, https://doi.org/10.1145/1356052.1356053. Targets must not overlap sources.
/// </remarks>
public static unsafe class MatMul
{
    // Below this many multiply-adds a product is done before another thread would have noticed it.
    private const long LeastParallelWork = 1 << 17;
    private const long LeastParallelPacking = 1 << 15;

    /// <summary>y (M, N) [+]= x (M, K) W^T.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="y">(M, N) target.</param>
    /// <param name="x">(M, K) activations.</param>
    /// <param name="w">(N, K) weights.</param>
    /// <param name="accumulate">True to add to what is in <paramref name="y"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The shapes do not fit each other.</exception>
    public static void Forward(ComputePool pool, Tensor y, Tensor x, WeightMatrix w, bool accumulate = false)
    {
        ArgumentNullException.ThrowIfNull(pool);
        ArgumentNullException.ThrowIfNull(w);
        CheckShape(x, y.Rows, w.Inputs);
        CheckShape(y, x.Rows, w.Outputs);
        MatMulProduct product = Of(x, y, accumulate, x.Columns);
        product.TransposedB = true;
        SetWeights(ref product, w);
        Run(pool, product);
        Keep(w, x, y);
    }

    /// <summary>dx (M, K) [+]= dy (M, N) W.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="dx">(M, K) target.</param>
    /// <param name="dy">(M, N) gradient of the outputs.</param>
    /// <param name="w">(N, K) weights.</param>
    /// <param name="accumulate">True to add to what is in <paramref name="dx"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The shapes do not fit each other.</exception>
    public static void BackwardInput(ComputePool pool, Tensor dx, Tensor dy, WeightMatrix w, bool accumulate = true)
    {
        ArgumentNullException.ThrowIfNull(pool);
        ArgumentNullException.ThrowIfNull(w);
        CheckShape(dy, dx.Rows, w.Outputs);
        CheckShape(dx, dy.Rows, w.Inputs);
        MatMulProduct product = Of(dy, dx, accumulate, dy.Columns);
        SetWeights(ref product, w);
        Run(pool, product);
        Keep(w, dy, dx);
    }

    /// <summary>dW (N, K) [+]= dy^T (N, M) x (M, K).</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="dw">(N, K) target.</param>
    /// <param name="dy">(M, N) gradient of the outputs.</param>
    /// <param name="x">(M, K) activations.</param>
    /// <param name="accumulate">True to add to what is in <paramref name="dw"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The shapes do not fit each other.</exception>
    public static void BackwardWeight(ComputePool pool, Tensor dw, Tensor dy, Tensor x, bool accumulate = true)
    {
        ArgumentNullException.ThrowIfNull(pool);
        CheckShape(dy, x.Rows, dw.Rows);
        CheckShape(dw, dy.Columns, x.Columns);
        MatMulProduct product = Of(dy, dw, accumulate, dy.Rows);
        product.TransposedA = true;
        product.B = x.Data;
        product.BStride = x.Stride;
        Run(pool, product);
        dw.KeepAlive();
        dy.KeepAlive();
        x.KeepAlive();
    }

    private static void CheckShape(Tensor tensor, int rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(tensor.Rows, rows);
        ArgumentOutOfRangeException.ThrowIfNotEqual(tensor.Columns, columns);
    }

    private static MatMulProduct Of(Tensor a, Tensor c, bool accumulate, int depth) => new()
    {
        M = c.Rows,
        N = c.Columns,
        K = depth,
        A = a.Data,
        AStride = a.Stride,
        C = c.Data,
        CStride = c.Stride,
        Accumulate = accumulate,
    };

    private static void SetWeights(ref MatMulProduct product, WeightMatrix w)
    {
        if (w.Nf4 is Nf4Matrix nf4)
        {
            product.Nf4 = nf4.View;
            product.BStride = nf4.Inputs;
        }
        else if (w.Blocks is BlockMatrix blocks)
        {
            product.Blocks = blocks.View;
            product.BStride = blocks.Inputs;
        }
        else if (w.Bf16 is Bf16Matrix bf16)
        {
            product.Halves = bf16.Data;
            product.BStride = bf16.Inputs;
        }
        else
        {
            product.B = w.Dense.Data;
            product.BStride = w.Dense.Stride;
        }
    }

    private static void Keep(WeightMatrix w, Tensor a, Tensor c)
    {
        GC.KeepAlive(w);
        a.KeepAlive();
        c.KeepAlive();
    }

    private static void Run(ComputePool pool, in MatMulProduct product)
    {
        if (product.M == 0 || product.N == 0)
        {
            return;
        }

        if (product.K == 0)
        {
            Clear(product);
            return;
        }

        if (MatMulSlim.CanRun(product))
        {
            RunTasks(pool, product, MatMulSlim.Tasks(product), new MatMulSlim(product, pool.ThreadScratch(MatMulSlim.Floats(product))));
        }
        else if (MatMulSwap.Pays(product))
        {
            float* swapped = pool.ResultScratch(MatMulSwap.Scratch(product));
            Multiply(pool, MatMulSwap.Begin(product, swapped));
            MatMulSwap.End(product, swapped);
        }
        else
        {
            Multiply(pool, product);
        }
    }

    private static void Multiply(ComputePool pool, in MatMulProduct product)
    {
        if (MatMulNf4Narrow.CanRun(product))
        {
            RunNf4Narrow(pool, product);
            return;
        }

        if (MatMulBlockNarrow.CanRun(product))
        {
            RunBlockNarrow(pool, product);
            return;
        }

        if (MatMulNf4Inputs.CanRun(product))
        {
            RunNf4Inputs(pool, product);
            return;
        }

        if (MatMulDirect.CanRun(product))
        {
            var task = new MatMulDirect(product, pool.ThreadScratch(MatMulDirect.Floats(product)));
            RunTasks(pool, product, MatMulDirect.Tasks(product), task);
            return;
        }

        if (MatMulOutputs.CanRun(product))
        {
            var task = new MatMulOutputs(product, pool.ThreadScratch(MatMulOutputs.Floats(product)));
            task.Begin();
            RunTasks(pool, product, MatMulOutputs.Tasks(product), task);
            return;
        }

        if (MatMulNarrow.CanRun(product))
        {
            RunTasks(pool, product, (product.N + MatMulNarrow.Outputs - 1) / MatMulNarrow.Outputs, new MatMulNarrow(product));
            return;
        }

        if (MatMulInputs.CanRun(product))
        {
            RunInputs(pool, product);
            return;
        }

        var plan = new MatMulPlan(product.M, product.N, product.K);
        float* packed = PackRows(pool, product, plan, MatMulPlan.PanelFloats, (long)plan.Panels * MatMulPlan.PanelFloats);
        var tiles = new MatMulTask(product, plan, packed, pool.ThreadScratch(MatMulPlan.ThreadScratch));
        RunTasks(pool, product, plan.Tasks, tiles);
    }

    private static void RunInputs(ComputePool pool, in MatMulProduct product)
    {
        float* transposed = pool.SharedScratch(MatMulInputRows.Floats(product));
        var rows = new MatMulInputRows(product, transposed);
        int columns = MatMulInputs.ColumnsOfTask(product.N), chunks = MatMulInputRows.Chunks(product);
        if ((long)product.M * product.K >= LeastParallelPacking)
        {
            pool.Run(chunks, rows);
        }
        else
        {
            pool.RunHere(chunks, rows);
        }

        var task = new MatMulInputs(product, columns, transposed, pool.ThreadScratch(MatMulInputs.ThreadScratch));
        RunTasks(pool, product, (product.N + columns - 1) / columns, task);
    }

    private static void RunNf4Narrow(ComputePool pool, in MatMulProduct product)
    {
        var plan = new MatMulPlan(product.M, product.N, product.K);
        float* rows = product.M == 1 ? product.A : PackRows(pool, product, plan, (long)plan.DepthBlocks * MatMulPlan.PanelFloats, MatMulPlan.PanelFloats);
        var task = new MatMulNf4Narrow(product, rows, (nint)plan.DepthBlocks * MatMulPlan.Depth, pool.ThreadScratch(MatMulNf4Narrow.ThreadScratch));
        RunTasks(pool, product, Nf4View.Bands(product.N), task);
    }

    private static void RunBlockNarrow(ComputePool pool, in MatMulProduct product)
    {
        var plan = new MatMulPlan(product.M, product.N, product.K);
        float* rows = product.M == 1 ? product.A : PackRows(pool, product, plan, (long)plan.DepthBlocks * MatMulPlan.PanelFloats, MatMulPlan.PanelFloats);
        var task = new MatMulBlockNarrow(product, rows, (nint)plan.DepthBlocks * MatMulPlan.Depth, pool.ThreadScratch(MatMulBlockNarrow.ThreadScratch));
        RunTasks(pool, product, BlockView.Bands(product.N), task);
    }

    private static void RunNf4Inputs(ComputePool pool, in MatMulProduct product)
    {
        var plan = new MatMulPlan(product.M, product.N, product.K);
        int rowBlocks = product.Nf4.RowBlocks, blocks = MatMulNf4Inputs.BlocksOfTask(rowBlocks);
        float* rows = PackRows(pool, product, plan, (long)plan.DepthBlocks * MatMulPlan.PanelFloats, MatMulPlan.PanelFloats);
        var task = new MatMulNf4Inputs(
            product, blocks, rows, (nint)plan.DepthBlocks * MatMulPlan.Depth, pool.ThreadScratch(MatMulNf4Inputs.ThreadScratch));
        RunTasks(pool, product, (rowBlocks + blocks - 1) / blocks, task);
    }

    private static float* PackRows(ComputePool pool, in MatMulProduct product, in MatMulPlan plan, long panelStep, long blockStep)
    {
        float* packed = pool.SharedScratch(plan.PackedRows);
        var rows = new MatMulRows(product, packed, panelStep, blockStep);
        if ((long)product.M * product.K >= LeastParallelPacking)
        {
            pool.Run(plan.Panels, rows);
        }
        else
        {
            pool.RunHere(plan.Panels, rows);
        }

        return packed;
    }

    private static void RunTasks<TJob>(ComputePool pool, in MatMulProduct product, int tasks, TJob task)
        where TJob : unmanaged, IThreadJob
    {
        if ((long)product.M * product.N * product.K >= LeastParallelWork)
        {
            pool.RunOnThreads(tasks, task);
        }
        else
        {
            pool.RunOnCaller(tasks, task);
        }
    }

    private static void Clear(in MatMulProduct product)
    {
        for (int m = 0; m < product.M && !product.Accumulate; m++)
        {
            new Span<float>(product.C + (m * product.CStride), product.N).Clear();
        }
    }
}
