using Temperament.Benchmarks.Kernels;
using Temperament.Benchmarks.Reports;
using Temperament.Tensors.Diagnostics;
using Temperament.Tensors.Threading;

namespace Temperament.Benchmarks.Peers;

/// <summary><c>peers</c>: the products beside other engines on the same cores, in rounds in which the limit and each engine take turns.</summary>
internal static class PeerBench
{
    private const double SampleSeconds = 0.02, LargestDifference = 1e-10;

    private static readonly (int M, int N, int K)[] Shapes = [(512, 4096, 4096), (512, 11008, 4096), (256, 2048, 2048), (8, 4096, 4096)];

    /// <summary>Measures and prints. 1 where ours and a peer's results differ, else 0.</summary>
    public static int Run(BenchOptions options)
    {
        using var pool = new ComputePool(options.Threads);
        using var probe = new LimitProbe(pool);
        var own = new OwnProducts(pool);
        var engines = new List<IProductEngine> { own };
        try
        {
            OpenBlas? blas = OpenBlas.Open(own, options.Threads, out string noBlas);
            Add(engines, blas, noBlas);
            Add(engines, Torch.Open("float32", options.Threads, out string noTorch), noTorch);
            if (engines.Count > 1 && engines[^1] is Torch)
            {
                Add(engines, Torch.Open("bfloat16", options.Threads, out noTorch), noTorch);
            }

            MachineLimits limits = MachineLimits.Measure(options.Threads);
            LimitTable.Print(limits);
            engines.ForEach(engine => Console.WriteLine($"{engine.Name,-10} {engine.Description}"));
            string[] names = [.. engines.Select(engine => engine.Name)];
            Console.WriteLine($"\nGFLOP/s\n{PeerRow.Header(names)}");
            var rows = new List<PeerRow>();
            bool same = true;
            foreach (ProductShape shape in All().Where(s => $"{s.Kernel} {s}".Contains(options.Filter, StringComparison.OrdinalIgnoreCase)))
            {
                engines.ForEach(engine => engine.Prepare(shape));
                if (blas?.Difference() is > LargestDifference and var difference)
                {
                    Console.WriteLine(FormattableString.Invariant($"{shape.Kernel} {shape}: differs from OpenBLAS by {difference:E1} (normalised, squared)"));
                    same = false;
                }

                rows.Add(Measure(shape, engines, probe, options.Rounds));
                Console.WriteLine(rows[^1].Line);
            }

            if (options.Filter.Length == 0 || options.Save)
            {
                Console.WriteLine($"\n{ResultFile.Save(ResultFile.PathOf(limits.Machine), limits, rows)}");
            }

            return same ? 0 : 1;
        }
        finally
        {
            engines.ForEach(engine => engine.Dispose());
        }
    }

    private static IEnumerable<ProductShape> All() =>
        from shape in Shapes
        from kind in Enum.GetValues<ProductKind>()
        select new ProductShape(kind, shape.M, shape.N, shape.K);

    private static void Add(List<IProductEngine> engines, IProductEngine? engine, string absent)
    {
        if (engine is null)
        {
            Console.WriteLine(absent);
        }
        else
        {
            engines.Add(engine);
        }
    }

    private static PeerRow Measure(ProductShape shape, List<IProductEngine> engines, LimitProbe probe, int rounds)
    {
        var limits = new double[rounds];
        double[][] rates = [.. engines.Select(_ => new double[rounds])];
        for (int round = 0; round < rounds; round++)
        {
            double before = probe.MultiplyAdd();
            rates[0][round] = shape.Work / engines[0].SecondsPerCall(SampleSeconds) * 1e-9;
            limits[round] = (before + probe.MultiplyAdd()) / 2;
            for (int e = 1; e < engines.Count; e++)
            {
                rates[e][round] = shape.Work / engines[e].SecondsPerCall(SampleSeconds) * 1e-9;
            }
        }

        return PeerRow.Of(shape, [.. engines.Select(engine => engine.Name)], limits, rates);
    }
}
