using System.Text.Json;
using Temperament.Studies.Logs;
using Temperament.Studies.Specification;

namespace Temperament.Studies.Running;

/// <summary>
/// Results of a study: <c>cells/KEY/</c>, one folder for each finished cell. A cell is written under a temporary name and renamed when it
/// is whole, so a folder that is there is complete, and what a killed run left behind is swept away at the next start.
/// </summary>
public sealed class CellStore
{
    private const string LayoutFile = "results.json";
    private const string Partial = ".partial";

    private readonly string _cells;

    /// <summary>Opens or makes the results of a study.</summary>
    /// <param name="folder">Folder of the results.</param>
    /// <exception cref="StudyException">The results are of another version.</exception>
    public CellStore(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        Folder = folder;
        _cells = Path.Combine(folder, "cells");
        Directory.CreateDirectory(_cells);
        CheckVersion(Path.Combine(folder, LayoutFile));
    }

    /// <summary>Whether a folder holds results of a study.</summary>
    /// <param name="folder">The folder; it need not be there.</param>
    public static bool Exists(string folder) => File.Exists(Path.Combine(folder, LayoutFile));

    /// <summary>Folder of the results.</summary>
    public string Folder { get; }

    /// <summary>Removes what killed runs left behind.</summary>
    public void Sweep()
    {
        foreach (string left in Directory.EnumerateDirectories(_cells, "*" + Partial))
        {
            Directory.Delete(left, recursive: true);
        }
    }

    /// <summary>Number of finished pieces: cells, trainings, probes and neuron studies.</summary>
    public int Finished => Directory.EnumerateDirectories(_cells).Count(cell => !cell.EndsWith(Partial, StringComparison.Ordinal));

    /// <summary>Whether a cell is done.</summary>
    /// <param name="key">Key of the cell.</param>
    public bool IsDone(string key) => Directory.Exists(PathOf(key));

    /// <summary>Folder of a finished cell.</summary>
    /// <param name="key">Key of the cell.</param>
    public string PathOf(string key) => Path.Combine(_cells, key);

    /// <summary>Runs a cell into a temporary folder and gives the folder its name when all is written.</summary>
    /// <param name="key">Key of the cell.</param>
    /// <param name="write">Writes the files of the cell into the folder that it is given.</param>
    public void Commit(string key, Action<string> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        string temporary = PathOf(key) + Partial;
        if (Directory.Exists(temporary))
        {
            Directory.Delete(temporary, recursive: true);
        }

        Directory.CreateDirectory(temporary);
        write(temporary);
        Directory.Move(temporary, PathOf(key));
    }

    private static void CheckVersion(string path)
    {
        if (!File.Exists(path))
        {
            JsonLines.WriteObject(path, json => json.WriteNumber("layout", StudySpec.CurrentVersion));
            return;
        }

        int found;
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            found = document.RootElement.GetProperty("layout").GetInt32();
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new StudyException(path, "no layout version", $"layout {StudySpec.CurrentVersion}",
                "The folder holds something else; give another one with --out.", e);
        }

        if (found != StudySpec.CurrentVersion)
        {
            throw new StudyException(path, $"results of layout {found}", $"layout {StudySpec.CurrentVersion}",
                "They were written by another version of temper; keep them, and give another folder with --out.");
        }
    }
}
