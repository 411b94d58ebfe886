using System.Text.RegularExpressions;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Structure;

/// <summary>The rules of the house that no compiler checks. A failure lists every offender.</summary>
public sealed partial class SourceRulesTests
{
    private const int LongestFile = 600;

    private static IEnumerable<string> Sources => Repository.Files("src", ".cs");

    private static IEnumerable<string> AllCode => Sources.Concat(Repository.Files("tests", ".cs")).Concat(Repository.Files("bench", ".cs"));

    [Fact]
    public void No_file_is_longer_than_600_lines() =>
        AssertNone(AllCode, path => Repository.Read(path).Count(c => c == '\n') > LongestFile);

    [Fact]
    public void Randomness_and_time_come_from_where_a_run_can_repeat_them() =>
        AssertNone(Sources, path => Unrepeatable().IsMatch(Repository.Read(path)));

    [Fact]
    public void The_clock_is_read_in_one_place() =>
        AssertNone(Sources, path => Path.GetFileName(path) != "RunEnvironment.cs" && Clock().IsMatch(Repository.Read(path)));

    [Fact]
    public void Plans_are_not_left_in_the_code() =>
        AssertNone(AllCode, path => Plans().IsMatch(Repository.Read(path)));

    [Fact]
    public void Pointers_stay_in_tensors() =>
        AssertNone(Sources, path =>
            !path.StartsWith("src/Temperament.Tensors/", StringComparison.Ordinal) && Unsafe().IsMatch(Repository.Read(path)));

    [Fact]
    public void No_file_knows_the_machine_it_was_written_on() =>
        AssertNone(AllCode, path => MachinePaths().IsMatch(Repository.Read(path)));

    /// <summary>Diagnostics hold the definitions in float64 that the kernels are checked with; no result of a study comes from there.</summary>
    [Fact]
    public void Kernels_do_not_use_the_mathematics_of_the_c_runtime() =>
        AssertNone(Repository.Files("src/Temperament.Tensors", ".cs"), path =>
            !path.StartsWith("src/Temperament.Tensors/Diagnostics/", StringComparison.Ordinal) && RuntimeMathematics().IsMatch(Repository.Read(path)));

    [Fact]
    public void Namespaces_are_folders() =>
        AssertNone(AllCode, path =>
        {
            string folder = Path.GetDirectoryName(path)!.Replace('\\', '/');
            string expected = folder.StartsWith("bench", StringComparison.Ordinal)
                ? "Temperament.Benchmarks" + folder["bench".Length..].Replace('/', '.')
                : folder[(folder.IndexOf('/', StringComparison.Ordinal) + 1)..].Replace('/', '.');
            Match declared = Namespace().Match(Repository.Read(path));
            return declared.Success && declared.Groups[1].Value != expected;
        });

    [Fact]
    public void No_type_is_a_drawer() =>
        AssertNone(AllCode, path => Drawer().IsMatch(Path.GetFileNameWithoutExtension(path)));

    private static void AssertNone(IEnumerable<string> files, Func<string, bool> breaks)
    {
        string offenders = string.Join("\n", files.Where(breaks));
        Assert.True(offenders.Length == 0, offenders);
    }

    [GeneratedRegex(@"new\s+(System\.)?Random\(|Random\.Shared|Guid\.NewGuid|Environment\.TickCount")]
    private static partial Regex Unrepeatable();

    [GeneratedRegex(@"DateTime(Offset)?\.(Now|UtcNow|Today)")]
    private static partial Regex Clock();

    [GeneratedRegex(@"\b(TO" + @"DO|FIX" + @"ME|HA" + @"CK)\b")]
    private static partial Regex Plans();

    [GeneratedRegex(@"\bunsafe\b\s+(static|class|struct|partial|void|sealed|readonly|\{)|\bstatic\s+unsafe\b")]
    private static partial Regex Unsafe();

    [GeneratedRegex(@"[""'](/home/|/Users/|/root/|/work/|[A-Z]:\\\\)")]
    private static partial Regex MachinePaths();

    [GeneratedRegex(@"\bMathF?\.(Exp|Log|Log2|Log10|Pow|Sin|Cos|Tan|Tanh|Atan|Atan2|Cbrt)\(|TensorPrimitives|MultiplyAddEstimate")]
    private static partial Regex RuntimeMathematics();

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"(Utils?|Utilities|Helpers?|Common|Manager|Misc)$")]
    private static partial Regex Drawer();
}
