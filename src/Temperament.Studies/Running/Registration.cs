using System.Security.Cryptography;
using System.Text.Json;
using Temperament.Studies.Logs;
using Temperament.Studies.Specification;

namespace Temperament.Studies.Running;

/// <summary>
/// What a study file said when results were made: one entry when the first run began, and one more each time a run found another file.
/// Entries are appended and never rewritten, so that claims that changed after the fact are seen.
/// </summary>
/// <param name="File">SHA-256 of the study file's bytes.</param>
/// <param name="Hypotheses">SHA-256 of its hypotheses and their level, as <see cref="HashOf"/> makes it.</param>
/// <param name="Finished">Cells that were finished when the entry was made; 0 for a registration before the fact.</param>
public sealed record Registration(string File, string Hypotheses, int Finished)
{
    /// <summary>Name of the file in the folder of results.</summary>
    public const string FileName = "registration.jsonl";

    /// <summary>SHA-256 of the hypotheses of a study and the level at which they are tested.</summary>
    /// <param name="study">The study.</param>
    public static string HashOf(StudySpec study)
    {
        ArgumentNullException.ThrowIfNull(study);
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartArray();
            json.WriteNumberValue(study.Primary.SignificanceLevel);
            foreach (Hypothesis hypothesis in study.Hypotheses)
            {
                hypothesis.Write(json);
            }

            json.WriteEndArray();
        }

        return Convert.ToHexStringLower(SHA256.HashData(stream.ToArray()));
    }

    /// <summary>Reads the entries of a folder of results, the first registration first; none where nothing was registered.</summary>
    /// <param name="results">Folder of the results.</param>
    /// <exception cref="StudyException">A line is not what was written.</exception>
    public static IReadOnlyList<Registration> Read(string results)
    {
        string path = Path.Combine(results, FileName);
        return System.IO.File.Exists(path)
            ? JsonLines.Read(path, e => new Registration(
                e.GetProperty("file").GetString()!, e.GetProperty("hypotheses").GetString()!, e.GetProperty("finished").GetInt32()))
            : [];
    }

    /// <summary>Adds an entry where the study is another than that of the last one.</summary>
    /// <param name="results">Folder of the results.</param>
    /// <param name="study">The study.</param>
    /// <param name="fileHash">SHA-256 of its file.</param>
    /// <param name="finished">Cells that are finished.</param>
    /// <returns>All entries, the first registration first.</returns>
    public static IReadOnlyList<Registration> Record(string results, StudySpec study, string fileHash, int finished)
    {
        IReadOnlyList<Registration> known = Read(results);
        var now = new Registration(fileHash, HashOf(study), finished);
        if (known.Count > 0 && known[^1] with { Finished = finished } == now)
        {
            return known;
        }

        Registration[] all = [.. known, now];
        JsonLines.Write(Path.Combine(results, FileName), all, (entry, json) =>
        {
            json.WriteStartObject();
            json.WriteString("file", entry.File);
            json.WriteString("hypotheses", entry.Hypotheses);
            json.WriteNumber("finished", entry.Finished);
            json.WriteEndObject();
        });
        return all;
    }
}
