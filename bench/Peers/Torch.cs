using System.Diagnostics;
using System.Globalization;

namespace Temperament.Benchmarks.Peers;

/// <summary>
/// PyTorch's matrix product in a Python of its own that waits for requests: float32 goes to its BLAS, bfloat16 to oneDNN. Only where some
/// python3 can import torch.
/// </summary>
internal sealed class Torch : IProductEngine
{
    private const string Script = "torch_products.py";

    // OpenMP's threads spin after a call.
    private const int SpinMilliseconds = 25;

    private readonly Process _process;
    private readonly string _type;

    private Torch(Process process, string python, string version, string type)
    {
        (_process, _type) = (process, type);
        Description = type == "float32"
            ? $"{version} of {python}, float32 through its BLAS"
            : $"{version} of {python}, oneDNN: factors rounded to bfloat16, another arithmetic than ours";
    }

    public string Name => _type == "float32" ? "torch" : "torch bf16";

    public string Description { get; }

    /// <summary>Starts a Python; null, with a sentence that says how to get it, where none has torch.</summary>
    public static Torch? Open(string type, int threads, out string absent)
    {
        absent = "PyTorch: no python3 can import torch (Debian: apt install python3-torch; else pip install torch)";
        foreach (string python in new[] { "python3", "/usr/bin/python3" })
        {
            if (Start(python, threads) is not { } process)
            {
                continue;
            }

            if (process.StandardOutput.ReadLine() is { Length: > 0 } version)
            {
                return new Torch(process, python, version, type);
            }

            process.WaitForExit();
            process.Dispose();
        }

        return null;
    }

    public void Prepare(ProductShape shape)
    {
        string answer = Ask($"prepare {_type} {shape.Kind} {shape.M} {shape.N} {shape.K}");
        if (answer != "ready")
        {
            throw new InvalidDataException($"{Script} answered \"{answer}\"; \"ready\" was expected.");
        }
    }

    public double SecondsPerCall(double seconds)
    {
        double time = double.Parse(Ask(FormattableString.Invariant($"time {seconds}")), CultureInfo.InvariantCulture);
        Thread.Sleep(SpinMilliseconds);
        return time;
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(5)))
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private static Process? Start(string python, int threads)
    {
        using Stream source = typeof(Torch).Assembly.GetManifestResourceStream(Script)!;
        using var reader = new StreamReader(source);
        var start = new ProcessStartInfo(python) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(reader.ReadToEnd());
        start.ArgumentList.Add(threads.ToString(CultureInfo.InvariantCulture));

        // What makes it fast: memory of large tensors is kept and not given back after each call, and in huge pages where the system has them.
        start.Environment["OMP_NUM_THREADS"] = start.ArgumentList[^1];
        start.Environment["GLIBC_TUNABLES"] = "glibc.malloc.hugetlb=1:glibc.malloc.mmap_threshold=4294967295:glibc.malloc.trim_threshold=4294967295";
        foreach ((string name, string value) in OpenBlas.FastestSettings)
        {
            start.Environment[name] = value;
        }

        try
        {
            Process? process = Process.Start(start);
            process?.BeginErrorReadLine();
            return process;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    private string Ask(string request)
    {
        _process.StandardInput.WriteLine(request);
        _process.StandardInput.Flush();
        return _process.StandardOutput.ReadLine() ?? throw new InvalidDataException($"{Script} ended when asked \"{request}\".");
    }
}
