using System.CommandLine;
using System.Globalization;
using Temperament.Cli.Hosting;
using Temperament.Cli.Options;
using Temperament.Cli.Rendering;
using Temperament.Studies.Reports;
using Temperament.Studies.Reports.Findings;
using Temperament.Studies.Running;

namespace Temperament.Cli.Commands;

/// <summary><c>temper study</c>: whole studies, from opinions to a report.</summary>
internal static class StudyCommand
{
    public static Command Create(CommandHost host)
    {
        Argument<string?> study = new("STUDY")
        {
            Description = "Study file or its folder; the embedded study if left out.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Option<string?> model = new("--model") { Description = "Model in the place of the study's first one; the others are left out.", HelpName = "MODEL" };
        Option<string?> data = new("--data") { Description = "Folder with opinions.csv and test-questions.csv in the place of the study's data.", HelpName = "DIR" };
        Option<string?> folder = new("--out") { Description = "Folder of the results; STUDY-results in the current folder if left out.", HelpName = "DIR" };
        Option<double> minutes = Numbers.Real("--minutes", "N", "Begins no new piece of work after N minutes; 0 for no limit.", 0, 1e6, 0);
        Command run = host.Define("run", "Runs what is not done yet and writes the report; killed at any point, it goes on where it was.",
            ["temper study run", "temper study run studies/emergence", "temper study run studies/smollm2 --model SmolLM2-135M-Instruct.Q4_1.gguf"],
            [study, model, data, folder, minutes],
            r => Run(r, Open(r), r.Arguments.GetValue(minutes)));
        Command report = host.Define("report", "Writes the report of what is done, runs nothing, and names what is missing.",
            ["temper study report studies/smollm2 --model SmolLM2-135M-Instruct.Q4_1.gguf"], [study, model, data, folder],
            r => Report(r, Open(r)));
        return CommandHost.Group("study", "Whole studies: models, methods, controls, measures and the report.", run, report);

        OpenedStudy Open(CommandRun r) =>
            StudyOpening.Open(r.Arguments.GetValue(study), r.Arguments.GetValue(model), r.Arguments.GetValue(data), r.Arguments.GetValue(folder));
    }

    private static void Report(CommandRun run, OpenedStudy study)
    {
        var runner = new StudyRunner(study.Spec, study.Folder, study.Results, run.Pool) { FileHash = study.FileHash, OnlyReports = true };
        Finish(run, study, runner.Run(cancellation: run.Cancellation));
    }

    private static void Run(CommandRun run, OpenedStudy study, double minutes)
    {
        var runner = new StudyRunner(study.Spec, study.Folder, study.Results, run.Pool)
        {
            FileHash = study.FileHash,
            StartsUntil = minutes > 0 ? TimeSpan.FromMinutes(minutes) : null,
        };
        ReportData report;
        try
        {
            report = ProgressBar.Run(run, study.Spec.Name, 1, bar => runner.Run(
                at => bar.Report(
                    at.WorkDone / Math.Max(1e-9, at.WorkDone + at.WorkLeft), $"{Math.Min(at.Total, at.Done + 1)}/{at.Total} {at.Label}"), run.Cancellation));
        }
        catch (OperationCanceledException)
        {
            throw new StoppedException($"stopped; the finished cells are kept in {study.Results}. The same command goes on with the next one.");
        }

        Finish(run, study, report);
    }

    private static void Finish(CommandRun run, OpenedStudy study, ReportData report)
    {
        ReportFiles.Write(study.Results, report);
        if (run.Json)
        {
            run.Print(JsonReport.Render(report));
            return;
        }

        Show(run, report);
        run.Print($"Report: {Path.Combine(study.Results, "report.html")} (and report.md, report.json)");
    }

    private static void Show(CommandRun run, ReportData report)
    {
        foreach (Finding finding in FindingsWriter.Write(report))
        {
            run.Print($"- {finding.Text}");
        }

        run.Print("");
        run.Print($"{"row",-64} {"emoji",12} {"expected",9} {"log-mass",9} {"aligned",8} {"topic",6} {"stopped",8}");
        foreach (EffectRow row in report.Rows.Concat(report.Variants))
        {
            run.Print(string.Create(CultureInfo.InvariantCulture,
                $"{row.Id,-64} {Count(row.EmojiAnswers),12} {Share(row.ExpectedEmojiShare),9} {Nats(row.LogMass),9} {Share(row.TraitAlignment),8} {Share(row.TopicNamed),6} {Share(row.Stopped),8}"));
        }

        run.Print("");
    }

    private static string Count(Estimate estimate) => estimate.Count is int count ? $"{count} of {estimate.Total}" : "missing";

    private static string Nats(Estimate estimate) => estimate.Value is double value ? value.ToString("f2", CultureInfo.InvariantCulture) : "-";

    private static string Share(Estimate estimate) =>
        estimate.Value is double value ? (100 * value).ToString("f1", CultureInfo.InvariantCulture) + " %" : "-";
}
