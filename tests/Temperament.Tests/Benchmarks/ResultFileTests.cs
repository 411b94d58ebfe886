using System.Text.Json;
using Temperament.Benchmarks.Reports;
using Temperament.Tensors.Diagnostics;
using Temperament.Tests.Support;
using Temperament.Tests.Tensors.Diagnostics;
using Xunit;

namespace Temperament.Tests.Benchmarks;

public sealed class ResultFileTests : IDisposable
{
    private static readonly MachineLimits Limits = new(
        new MachineDescription("AMD EPYC (tm)  9", "X64", "system", "runtime", 2, 2, 512, ["AVX2"], [new CacheDescription(1, 1 << 15)], 1L << 30),
        2, 250, 490, 40, 50, 80);

    private readonly string _folder = TemporaryFolder.New("temper-bench");

    private string File => Path.Combine(_folder, "machine", "day.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_is_written_is_read()
    {
        KernelRow[] rows = [KernelRow.Of(Shares.Of(0.91, 0.9, 0.95)), Row("other", 0.2) with { Fault = "element 0 is 1" }];

        ResultFile.Save(File, Limits, rows);

        Assert.Equal(rows, ResultFile.Read(File));
        Assert.Equal([File], Directory.GetFiles(_folder, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public void A_later_run_replaces_its_own_rows_and_keeps_the_others()
    {
        ResultFile.Save(File, Limits, [Row("a", 0.1), Row("b", 0.2)]);
        ResultFile.Save(File, Limits, [Row("b", 0.3), Row("c", 0.4)]);

        Assert.Equal([("a", 0.1), ("b", 0.3), ("c", 0.4)], ResultFile.Read(File).Select(row => (row.Kernel, row.Share)));
    }

    [Fact]
    public void A_file_has_the_fields_that_its_readers_look_for()
    {
        ResultFile.Save(File, Limits, [Row("a", 0.1)]);

        using JsonDocument file = JsonDocument.Parse(System.IO.File.ReadAllText(File));
        Assert.Equal(["version", "machine", "limits", "kernels"], file.RootElement.EnumerateObject().Select(p => p.Name));
        Assert.Equal(1, file.RootElement.GetProperty("version").GetInt32());
        Assert.Equal(490, file.RootElement.GetProperty("limits").GetProperty("multiplyAddAllCores").GetDouble());
        Assert.Equal(
            ["kernel", "shape", "unit", "reached", "limit", "limitKind", "share", "lowest", "highest", "must", "reach", "allocatedBytes", "verdict", "fault"],
            file.RootElement.GetProperty("kernels")[0].EnumerateObject().Select(p => p.Name));
    }

    [Theory]
    [InlineData("{\"version\": 7}", "version 7 was read, 1 was expected")]
    [InlineData("{}", "version missing was read, 1 was expected")]
    [InlineData("{\"version\"", "is not JSON")]
    public void Another_version_is_refused_and_not_overwritten(string text, string message)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(File)!);
        System.IO.File.WriteAllText(File, text);

        Assert.Contains(message, Assert.Throws<InvalidDataException>(() => ResultFile.Save(File, Limits, [Row("a", 0.1)])).Message, StringComparison.Ordinal);
        Assert.Equal(text, System.IO.File.ReadAllText(File));
    }

    [Fact]
    public void A_machine_is_named_by_what_it_is() => Assert.Equal("amd-epyc-tm-9-2x512", ResultFile.MachineName(Limits.Machine));

    [Fact]
    public void A_row_says_its_share_its_mark_and_its_fault()
    {
        string line = (Row("softmax", 0.5) with { Must = 0.8, Verdict = KernelVerdict.Miss, Fault = "element 0 is 1" }).Line;

        Assert.StartsWith("softmax", line, StringComparison.Ordinal);
        Assert.Contains("50.0 %", line, StringComparison.Ordinal);
        Assert.EndsWith("miss\n    element 0 is 1", line, StringComparison.Ordinal);
        Assert.Equal(KernelRow.Header.IndexOf("mark", StringComparison.Ordinal), line.IndexOf("miss", StringComparison.Ordinal));
    }

    private static KernelRow Row(string kernel, double share) => KernelRow.Of(Shares.Of(share)) with { Kernel = kernel };
}
