using System.CommandLine;
using Temperament.Cli.Hosting;
using Temperament.Cli.Options;
using Temperament.Studies.Data.Audit;

namespace Temperament.Cli.Commands;

/// <summary><c>temper data validate</c>: everything that is wrong with opinion files, with line numbers.</summary>
internal static class DataValidateCommand
{
    private const int ShownOfRule = 10;

    public static Command Create(CommandHost host)
    {
        Argument<string[]> files = new("F") { Description = "Opinion files (CSV), each one part of a data set: no topic may be in two of them.", Arity = ArgumentArity.OneOrMore };
        Option<int> fewest = Numbers.Integer("--min-words", "N", "Words that an answer should have at least.", 0, 10_000, new AuditOptions().FewestWords);
        Option<int> most = Numbers.Integer("--max-words", "N", "Words that an answer should have at most.", 1, 10_000, new AuditOptions().MostWords);
        Option<bool> all = new("--all") { Description = $"Show every finding, not {ShownOfRule} a rule and file." };
        return host.Define("validate", "Audits opinion files: schema, duplicates, leakage, balance, lengths, emoji, trait words. Exit code 3 on errors.",
            ["temper data validate opinions.csv", "temper data validate train.csv test.csv --json"], [files, fewest, most, all], run =>
            {
                (int least, int limit) = (run.Arguments.GetValue(fewest), run.Arguments.GetValue(most));
                if (least > limit)
                {
                    throw new UsageException($"--min-words {least} is above --max-words {limit}, so no answer could be right. Give a smaller least or a larger most.");
                }

                AuditReport report = OpinionAudit.Run(run.Arguments.GetRequiredValue(files),
                    new AuditOptions(least, limit));
                if (run.Json)
                {
                    Write(run, report);
                }
                else
                {
                    Print(run, report, run.Arguments.GetValue(all) ? int.MaxValue : ShownOfRule);
                }

                run.ExitCode = report.Errors > 0 ? ExitCodes.BadInput : ExitCodes.Done;
            });
    }

    private static void Print(CommandRun run, AuditReport report, int shown)
    {
        foreach (IGrouping<(string Path, string Rule, AuditSeverity Severity), AuditFinding> rule in report.Findings.GroupBy(finding => (finding.Path, finding.Rule, finding.Severity)))
        {
            foreach (AuditFinding finding in rule.Take(shown))
            {
                run.Print($"{Place(finding)}: {Word(finding.Severity)} {finding.Rule}: {finding.Message}");
            }

            if (rule.Count() > shown)
            {
                run.Print($"{rule.Key.Path}: {Word(rule.Key.Severity)} {rule.Key.Rule}: and {rule.Count() - shown} more (--all shows them)");
            }
        }

        foreach (AuditedFile file in report.Files)
        {
            run.Print($"{file.Path}: {file.Rows} rows, sha256 {file.Hash}");
        }

        run.Print($"{report.Statistics.Rows} answers, {report.Statistics.Topics} topics, {report.Statistics.Targets.Count} targets: {Count(report.Errors, "error")}, {Count(report.Warnings, "warning")}");
    }

    private static string Count(int findings, string kind) => findings == 1 ? $"1 {kind}" : $"{findings} {kind}s";

    private static string Place(AuditFinding finding) => finding.Line > 0 ? $"{finding.Path}:{finding.Line}" : finding.Path;

    private static string Word(AuditSeverity severity) => severity == AuditSeverity.Error ? "error" : "warning";

    private static void Write(CommandRun run, AuditReport report) => run.PrintJson(json =>
    {
        json.WriteStartObject();
        json.WriteNumber("errors", report.Errors);
        json.WriteNumber("warnings", report.Warnings);
        json.WriteNumber("rows", report.Statistics.Rows);
        json.WriteNumber("topics", report.Statistics.Topics);
        json.WriteStartArray("files");
        foreach (AuditedFile file in report.Files)
        {
            json.WriteStartObject();
            json.WriteString("path", file.Path);
            json.WriteNumber("rows", file.Rows);
            json.WriteString("sha256", file.Hash);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("findings");
        foreach (AuditFinding finding in report.Findings)
        {
            json.WriteStartObject();
            json.WriteString("severity", Word(finding.Severity));
            json.WriteString("rule", finding.Rule);
            json.WriteString("path", finding.Path);
            json.WriteNumber("line", finding.Line);
            json.WriteString("message", finding.Message);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });
}
