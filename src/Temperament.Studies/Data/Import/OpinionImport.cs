using System.Security.Cryptography;
using Temperament.Models.Text;

namespace Temperament.Studies.Data.Import;

/// <summary>A row that was left out.</summary>
/// <param name="Path">File.</param>
/// <param name="Place">Where it stands, as in "line 3".</param>
/// <param name="Reason">Why.</param>
public sealed record LeftOutRow(string Path, string Place, string Reason);

/// <summary>A foreign file that was read.</summary>
/// <param name="Path">The file.</param>
/// <param name="Hash">SHA-256 of its bytes, lower-case hexadecimal.</param>
/// <param name="Format">Its form.</param>
/// <param name="Rows">Number of opinions taken from it.</param>
/// <param name="LeftOut">Number of rows that were left out.</param>
public sealed record ImportedFile(string Path, string Hash, ImportFormat Format, int Rows, int LeftOut);

/// <summary>What an import gave.</summary>
/// <param name="Opinions">The opinions, file by file, in order.</param>
/// <param name="Files">The files.</param>
/// <param name="LeftOut">The rows that were left out.</param>
public sealed record ImportResult(OpinionSet Opinions, IReadOnlyList<ImportedFile> Files, IReadOnlyList<LeftOutRow> LeftOut);

/// <summary>Takes opinions from the files of others. Nothing is dropped in silence: each row that is left out is named with the reason.</summary>
public static class OpinionImport
{
    /// <summary>Reads files.</summary>
    /// <param name="paths">The files.</param>
    /// <param name="format">Their form; null to tell it from what they hold.</param>
    /// <param name="target">What answers show whose file does not say it; null if each file or row must.</param>
    /// <exception cref="DataFileException">A file cannot be read, or its form cannot be told.</exception>
    public static ImportResult Read(IReadOnlyList<string> paths, ImportFormat? format = null, TraitTarget? target = null)
    {
        ArgumentNullException.ThrowIfNull(paths);
        List<Opinion> opinions = [];
        List<ImportedFile> files = [];
        List<LeftOutRow> without = [];
        foreach (string path in paths)
        {
            ImportFormat form = format ?? FormatSigns.Tell(path);
            (int before, int left) = (opinions.Count, without.Count);
            foreach (ImportedCase each in Cases(path, form, target))
            {
                if (each.Opinion is { } opinion)
                {
                    opinions.Add(opinion);
                }
                else
                {
                    without.Add(new LeftOutRow(path, each.Place, each.Reason!));
                }
            }

            files.Add(new ImportedFile(path, Hash(path), form, opinions.Count - before, without.Count - left));
        }

        return new ImportResult(new OpinionSet(opinions), files, without);
    }

    private static IEnumerable<ImportedCase> Cases(string path, ImportFormat format, TraitTarget? target) => format switch
    {
        ImportFormat.Published => PublishedCases(path),
        ImportFormat.Parquet => ParquetCases.Read(path),
        ImportFormat.PersonalityEdit => PersonalityEditCases.Read(path),
        ImportFormat.Messages => MessageCases.Read(path, target),
        ImportFormat.Alpaca => InstructionCases.ReadAlpaca(path, target),
        _ => InstructionCases.ReadFinePE(path, target),
    };

    private static IEnumerable<ImportedCase> PublishedCases(string path)
    {
        using FileStream stream = OpinionFile.Open(path);
        foreach (OpinionFile.Row row in OpinionFile.Rows(stream, path))
        {
            yield return row.Opinion is { } opinion ? ImportedCase.Of($"line {row.Line}", opinion) : ImportedCase.Without($"line {row.Line}", row.Fault!.Finding);
        }
    }

    private static string Hash(string path)
    {
        using FileStream stream = OpinionFile.Open(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
