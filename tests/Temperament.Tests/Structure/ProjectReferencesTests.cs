using System.Xml.Linq;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Structure;

public sealed class ProjectReferencesTests
{
    /// <summary>Which project may know which. Methods and Measures do not know each other.</summary>
    public static TheoryData<string, string[]> Allowed() => new()
    {
        { "Tensors", [] },
        { "Models", ["Tensors"] },
        { "Methods", ["Models", "Tensors"] },
        { "Measures", ["Models", "Tensors"] },
        { "Studies", ["Measures", "Methods", "Models", "Tensors"] },
        { "Cli", ["Measures", "Methods", "Models", "Studies", "Tensors"] },
    };

    [Theory]
    [MemberData(nameof(Allowed))]
    public void A_project_refers_to_those_of_its_row(string project, string[] allowed)
    {
        XDocument file = XDocument.Load(Path.Combine(Repository.Root, "src", $"Temperament.{project}", $"Temperament.{project}.csproj"));

        IEnumerable<string> found = file.Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/'))["Temperament.".Length..])
            .Order(StringComparer.Ordinal);

        Assert.Equal(allowed, found);
    }

    [Fact]
    public void Every_project_has_a_row() =>
        Assert.Equal(
            Allowed().Select(row => $"src/Temperament.{row.Data.Item1}/Temperament.{row.Data.Item1}.csproj").Order(StringComparer.Ordinal),
            Repository.Files("src", ".csproj"));

    [Fact]
    public void Only_tensors_may_use_pointers() =>
        Assert.Equal(
            ["src/Temperament.Tensors/Temperament.Tensors.csproj"],
            Repository.Files("src", ".csproj").Where(path => Repository.Read(path).Contains("AllowUnsafeBlocks", StringComparison.Ordinal)));

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        string solution = Repository.Read("Temperament.slnx");

        Assert.All(
            new[] { "src", "tests", "bench" }.SelectMany(folder => Repository.Files(folder, ".csproj")),
            path => Assert.Contains(path, solution, StringComparison.Ordinal));
    }

    [Fact]
    public void The_benchmarks_run_by_the_name_of_their_folder() =>
        Assert.Equal(["bench/Temperament.Benchmarks.csproj"], Repository.Files("bench", ".csproj"));
}
