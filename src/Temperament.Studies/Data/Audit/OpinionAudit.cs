using System.Security.Cryptography;

namespace Temperament.Studies.Data.Audit;

/// <summary>A file that was audited.</summary>
/// <param name="Path">The file.</param>
/// <param name="Hash">SHA-256 of its bytes, lower-case hexadecimal.</param>
/// <param name="Rows">Number of rows that could be read.</param>
public sealed record AuditedFile(string Path, string Hash, int Rows);

/// <summary>What the audit of some files gave.</summary>
/// <param name="Files">The files.</param>
/// <param name="Findings">What was found, file by file, by line.</param>
/// <param name="Statistics">What the rows are like.</param>
public sealed record AuditReport(IReadOnlyList<AuditedFile> Files, IReadOnlyList<AuditFinding> Findings, OpinionStatistics Statistics)
{
    /// <summary>Number of findings that forbid the use of the data.</summary>
    public int Errors => Findings.Count(finding => finding.Severity == AuditSeverity.Error);

    /// <summary>Number of findings that a person should look at.</summary>
    public int Warnings => Findings.Count - Errors;
}

/// <summary>
/// Reads opinion files as they are and says everything that is wrong with them, with line numbers: what cannot be read, missing texts, duplicates
/// and near-duplicates, topics shared between files, imbalance, lengths, emoji, words that name a trait, refusals, other languages.
/// </summary>
public static class OpinionAudit
{
    private static readonly IAuditRule[] Rules =
    [
        new EmptyTexts(), new Duplicates(), new NearDuplicates(), new CommonPhrases(), new TopicLeakage(), new Balance(), new Lengths(),
        new EmojiSigns(), new TraitWords(), new Refusals(), new EnglishText(),
    ];

    /// <summary>Audits files together; each is one part of a data set, so no topic may be in two of them.</summary>
    /// <param name="paths">Opinion files.</param>
    /// <param name="options">What they are held to; null for the defaults.</param>
    /// <exception cref="DataFileException">A file cannot be opened; everything else is a finding.</exception>
    public static AuditReport Run(IReadOnlyList<string> paths, AuditOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(paths);
        List<AuditFinding> findings = [];
        List<AuditRow> rows = [];
        List<AuditedFile> files = [];
        foreach (string path in paths)
        {
            int before = rows.Count;
            string hash = Read(path, rows, findings);
            files.Add(new AuditedFile(path, hash, rows.Count - before));
        }

        options ??= new AuditOptions();
        findings.AddRange(Rules.SelectMany(rule => rule.Check(rows, options)));
        Dictionary<string, int> order = paths.Distinct().Select((path, index) => (path, index)).ToDictionary(each => each.path, each => each.index);
        return new AuditReport(files, [.. findings.OrderBy(finding => order[finding.Path]).ThenBy(finding => finding.Line)],
            OpinionStatistics.Of([.. rows.Select(row => row.Opinion)]));
    }

    private static string Read(string path, List<AuditRow> rows, List<AuditFinding> findings)
    {
        using FileStream stream = OpinionFile.Open(path);
        (int before, int found) = (rows.Count, findings.Count);
        try
        {
            foreach (OpinionFile.Row row in OpinionFile.Rows(stream, path))
            {
                if (row.Opinion is { } opinion)
                {
                    rows.Add(new AuditRow(path, row.Line, opinion));
                }
                else
                {
                    findings.Add(Schema(row.Fault!));
                }
            }
        }
        catch (DataFileException fault)
        {
            findings.Add(Schema(fault));
        }

        if (rows.Count == before && findings.Count == found)
        {
            findings.Add(new AuditFinding(AuditSeverity.Error, "schema", path, 0, "the file has no row."));
        }

        stream.Position = 0;
        return Convert.ToHexStringLower(SHA256.HashData(stream));

        AuditFinding Schema(DataFileException fault) => new(AuditSeverity.Error, "schema", path, fault.Line, fault.Finding);
    }
}
