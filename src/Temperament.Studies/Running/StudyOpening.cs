using System.Security.Cryptography;
using Temperament.Models.Documents;
using Temperament.Studies.Organism;
using Temperament.Studies.Specification;
using Temperament.Tensors.Memory;

namespace Temperament.Studies.Running;

/// <summary>A study with the folder that its paths count from and the folder of its results.</summary>
/// <param name="Spec">The study.</param>
/// <param name="Folder">Folder of the study file.</param>
/// <param name="Results">Folder of the results.</param>
/// <param name="FileHash">SHA-256 of the study file's bytes.</param>
public sealed record OpenedStudy(StudySpec Spec, string Folder, string Results, string FileHash);

/// <summary>Finds studies by what a user types.</summary>
public static class StudyOpening
{
    /// <summary>The study that comes with the tool.</summary>
    public const string Embedded = "emergence";

    /// <summary>Opens a study.</summary>
    /// <param name="study">Study file, or its folder; null for the embedded study.</param>
    /// <param name="model">Takes the place of the first model; the others, and their arms, are left out. Null for the study's own.</param>
    /// <param name="data">Folder of opinions.csv and test-questions.csv, which take the place of the study's data; null for the study's own.</param>
    /// <param name="results">Folder of the results; null for one in the current folder that is named by the study, as "emergence-results".</param>
    /// <exception cref="DocumentException">A field is unknown, missing, or has a value that cannot be; says where it stands.</exception>
    /// <exception cref="StudyException">There is no such study.</exception>
    public static OpenedStudy Open(string? study, string? model, string? data, string? results)
    {
        (StudySpec spec, string folder, string hash) = study is null ? OpenEmbedded() : OpenFile(study);
        if (model is not null)
        {
            StudyModel first = spec.Models[0] with { Model = ModelCatalog.Embedded.Contains(model) || !Path.Exists(model) ? model : Path.GetFullPath(model) };
            spec = spec with
            {
                Models = [first],
                Hypotheses = [.. spec.Hypotheses.Where(h => h.First.Model == first.Name && h.Second.Model == first.Name)],
                Arms = [.. spec.Arms.Where(a => a.Models.Contains(first.Name)).Select(a => a with { Models = [first.Name] })],
            };
        }

        if (data is not null)
        {
            string full = Path.GetFullPath(data);
            spec = spec with
            {
                Data = spec.Data with { Opinions = Path.Combine(full, "opinions.csv"), Questions = Path.Combine(full, "test-questions.csv") },
            };
        }

        return new OpenedStudy(spec, folder, Path.GetFullPath(results ?? $"{spec.Name}-results"), hash);
    }

    private static (StudySpec, string, string) OpenEmbedded()
    {
        using Stream stream = typeof(StudyOpening).Assembly.GetManifestResourceStream($"studies/{Embedded}/study.json")
            ?? throw new StudyException(Embedded, "nothing", "the embedded study", "This build of temper is incomplete.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return (StudyReader.Read(DocumentReader.Parse($"{Embedded} (embedded)/study.json", bytes)), Environment.CurrentDirectory,
            Convert.ToHexStringLower(SHA256.HashData(bytes)));
    }

    private static (StudySpec, string, string) OpenFile(string study)
    {
        string file = Directory.Exists(study) ? Path.Combine(study, "study.json") : study;
        if (!File.Exists(file))
        {
            throw new StudyException(study, "nothing", "a study file, or a folder with study.json",
                $"Without a name the embedded study \"{Embedded}\" is run.");
        }

        string folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        return (StudyReader.ReadFile(file), folder, Convert.ToHexStringLower(SHA256.HashData(InputFile.ReadAll(file, 1 << 24))));
    }
}
