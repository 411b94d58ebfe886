using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Temperament.Benchmarks.Peers;

/// <summary>A program in a Python of its own that can import torch: it answers each line with a line.</summary>
internal sealed class TorchProgram : IDisposable
{
    // Where Debian puts the OpenBLAS whose threads are those of OpenMP, and so those that PyTorch has anyway. With the ordinary one, two sets
    // of threads spin against each other.
    private const string OpenMpBlas = "/usr/lib/x86_64-linux-gnu/openblas-openmp";

    private readonly Process _process;
    private readonly string _script;

    private TorchProgram(Process process, string script, string python, string version)
    {
        (_process, _script) = (process, script);
        string blas = Directory.Exists(OpenMpBlas) ? "OpenBLAS of OpenMP's threads" : "its BLAS (Debian: apt install libopenblas0-openmp is faster)";
        Description = $"{version} of {python}, {blas}";
    }

    /// <summary>Which PyTorch it is, and on which products.</summary>
    public string Description { get; }

    /// <summary>Starts a Python; null, with a sentence that says how to get it, where none has torch.</summary>
    /// <param name="script">Name of the resource that holds the program; it prints its version first.</param>
    /// <param name="threads">Number of threads.</param>
    /// <param name="absent">Why it is null.</param>
    public static TorchProgram? Start(string script, int threads, out string absent)
    {
        absent = "PyTorch: no python3 can import torch (Debian: apt install python3-torch; else pip install torch)";
        foreach (string python in new[] { "python3", "/usr/bin/python3" })
        {
            if (Run(python, script, threads) is not { } process)
            {
                continue;
            }

            if (process.StandardOutput.ReadLine() is { Length: > 0 } version)
            {
                return new TorchProgram(process, script, python, version);
            }

            process.WaitForExit();
            process.Dispose();
        }

        return null;
    }

    /// <summary>Asks, and gives the answer.</summary>
    /// <exception cref="InvalidDataException">The program ended.</exception>
    public string Ask(string request)
    {
        _process.StandardInput.WriteLine(request);
        _process.StandardInput.Flush();
        return _process.StandardOutput.ReadLine() ?? throw new InvalidDataException($"{_script} ended when asked \"{request[..Math.Min(60, request.Length)]}\".");
    }

    /// <summary>Asks for something to be made.</summary>
    /// <exception cref="InvalidDataException">It was not.</exception>
    public void Prepare(string request)
    {
        string answer = Ask($"prepare {request}");
        if (answer != "ready")
        {
            throw new InvalidDataException($"{_script} answered \"{answer}\"; \"ready\" was expected.");
        }
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

    private static Process? Run(string python, string script, int threads)
    {
        using Stream source = typeof(TorchProgram).Assembly.GetManifestResourceStream(script)!;
        using var reader = new StreamReader(source);
        var start = new ProcessStartInfo(python) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(reader.ReadToEnd());
        start.ArgumentList.Add(threads.ToString(CultureInfo.InvariantCulture));

        // What makes it fast: memory of large tensors is kept and not given back after each call, and in huge pages where the system has them.
        start.Environment["OMP_NUM_THREADS"] = start.ArgumentList[^1];
        start.Environment["GLIBC_TUNABLES"] = "glibc.malloc.hugetlb=1:glibc.malloc.mmap_threshold=4294967295:glibc.malloc.trim_threshold=4294967295";
        if (Directory.Exists(OpenMpBlas))
        {
            start.Environment["LD_LIBRARY_PATH"] = OpenMpBlas;
        }

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
        catch (Win32Exception)
        {
            return null;
        }
    }
}
