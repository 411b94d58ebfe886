using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Temperament.Tensors.Memory;

namespace Temperament.Benchmarks.Peers;

/// <summary>OpenBLAS's sgemm on the operands of our own product, through P/Invoke, when libopenblas.so.0 is installed.</summary>
internal sealed unsafe partial class OpenBlas : IProductEngine
{
    private const string Library = "libopenblas.so.0";
    private const int RowMajor = 101, Plain = 111, Transposed = 112;

    // Its threads go on spinning for about this long after a call, and would take the processor from whoever is measured next.
    private const int SpinMilliseconds = 60;

    private readonly OwnProducts _own;
    private Tensor _result;
    private Action _run = () => { };

    private OpenBlas(OwnProducts own, string core) => (_own, Description) = (own, $"{Marshal.PtrToStringUTF8(Config())?.Trim()}; kernels for {core}");

    /// <summary>
    /// Environment in which OpenBLAS is fastest, whatever was set: with kernels for Haswell, or those for Cooper Lake that 0.3.21 may choose by
    /// itself, a processor with AVX-512 stays at half of what those for Skylake-X reach.
    /// </summary>
    public static IReadOnlyDictionary<string, string> FastestSettings { get; } =
        Avx512F.IsSupported ? new Dictionary<string, string> { ["OPENBLAS_CORETYPE"] = "SkylakeX" } : new Dictionary<string, string>();

    public string Name => "OpenBLAS";

    public string Description { get; }

    /// <summary>Opens the library; null, with a sentence that says how to get it, where there is none.</summary>
    /// <param name="own">Whose operands are used.</param>
    /// <param name="threads">Number of threads.</param>
    /// <param name="absent">Why it is null.</param>
    public static OpenBlas? Open(OwnProducts own, int threads, out string absent)
    {
        foreach ((string name, string value) in FastestSettings)
        {
            _ = SetEnvironment(name, value, 1);
        }

        absent = $"OpenBLAS: {Library} is not installed (Debian: apt install libopenblas0)";
        if (!NativeLibrary.TryLoad(Library, out _))
        {
            return null;
        }

        SetThreads(threads);
        return new OpenBlas(own, Marshal.PtrToStringUTF8(CoreName())?.Trim() ?? "an unknown processor");
    }

    public void Prepare(ProductShape shape)
    {
        (Tensor a, Tensor b, Tensor c) = _own.Operands;
        _result = Tensor.Zeros(c.Rows, c.Columns);
        (int m, int n, int k) = (shape.M, shape.N, shape.K);
        Tensor result = _result;
        _run = shape.Kind switch
        {
            ProductKind.Forward => () => Multiply(Plain, Transposed, m, n, k, a, b, result),
            ProductKind.InputGradient => () => Multiply(Plain, Plain, m, k, n, a, b, result),
            _ => () => Multiply(Transposed, Plain, n, k, m, a, b, result),
        };
        _run();
    }

    /// <summary>The normalised squared difference between our result and that of OpenBLAS: both did the same product.</summary>
    public double Difference()
    {
        double error = 0, size = 0;
        Tensor own = _own.Operands.C;
        for (int r = 0; r < own.Rows; r++)
        {
            Span<float> ours = own.Row(r), theirs = _result.Row(r);
            for (int c = 0; c < ours.Length; c++)
            {
                double difference = (double)ours[c] - theirs[c];
                (error, size) = (error + (difference * difference), size + ((double)theirs[c] * theirs[c]));
            }
        }

        return error / size;
    }

    public double SecondsPerCall(double seconds)
    {
        double time = Timing.SecondsPerCall(_run, seconds);
        Thread.Sleep(SpinMilliseconds);
        return time;
    }

    public void Dispose() => _result = default;

    private static void Multiply(int transposeA, int transposeB, int m, int n, int k, Tensor a, Tensor b, Tensor c)
    {
        fixed (float* pa = a.Span, pb = b.Span, pc = c.Span)
        {
            Sgemm(RowMajor, transposeA, transposeB, m, n, k, 1, pa, a.Columns, pb, b.Columns, 0, pc, c.Columns);
        }
    }

    [LibraryImport(Library, EntryPoint = "cblas_sgemm")]
    private static partial void Sgemm(
        int order, int transposeA, int transposeB, int m, int n, int k, float alpha, float* a, int lda, float* b, int ldb, float beta, float* c, int ldc);

    [LibraryImport(Library, EntryPoint = "openblas_set_num_threads")]
    private static partial void SetThreads(int threads);

    [LibraryImport(Library, EntryPoint = "openblas_get_corename")]
    private static partial nint CoreName();

    [LibraryImport(Library, EntryPoint = "openblas_get_config")]
    private static partial nint Config();

    // Native libraries read the environment of the C runtime, which the runtime's own variables do not reach.
    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
