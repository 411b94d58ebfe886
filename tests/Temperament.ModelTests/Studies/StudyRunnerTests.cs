using Temperament.Models.Text;
using Temperament.Studies;
using Temperament.Studies.Reports;
using Temperament.Studies.Running;
using Temperament.Studies.Specification;
using Temperament.Tensors.Threading;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.ModelTests.Studies;

/// <summary>A study of a minute's size on the embedded model.</summary>
public sealed class StudyRunnerTests
{
    private static readonly TraitTarget Extraversion = new(Trait.Extraversion, Pole.High);

    private static StudySpec Study { get; } = new()
    {
        SchemaVersion = StudySpec.CurrentVersion,
        Name = "small",
        Question = "Does a small study run?",
        Models = [new StudyModel { Name = "organism", Model = "organism" }],
        Data = new StudyData { Opinions = "organism", Questions = "organism", TrainingRows = 24, QuestionCount = 6, HeldOutRows = 8, Seed = 3 },
        Recipe = new AdapterRecipe { Epochs = 1 },
        Generation = new GenerationSpec { MaxNewTokens = 20 },
        Arms =
        [
            new StudyArm { Models = ["organism"], Methods = ["none"] },
            new StudyArm { Models = ["organism"], Methods = ["prompt", "ike", "qlora"], Targets = [Extraversion] },
        ],
        Primary = new PrimaryArm { Target = Extraversion },
    };

    [Fact]
    public void A_study_that_was_stopped_ends_with_the_bytes_of_one_that_never_was()
    {
        string straight = Fresh(), stopped = Fresh();
        string expected = Report(straight, threads: 2);
        using var stop = new CancellationTokenSource();
        using (var pool = new ComputePool(1))
        {
            Assert.Throws<OperationCanceledException>(() => new StudyRunner(Study, straight, stopped, pool).Run(p => StopInTraining(p, stop), stop.Token));
        }

        // What a killed process leaves: a cell that was being written.
        string partial = Path.Combine(stopped, "cells", "0123456789abcdef.partial");
        Directory.CreateDirectory(partial);
        File.WriteAllText(Path.Combine(partial, "samples.jsonl"), "{\"n\":0,");

        Assert.Equal(expected, Report(stopped, threads: 1));
        Assert.False(Directory.Exists(partial));
    }

    [Fact]
    public void A_second_run_does_nothing_and_gives_the_same_report()
    {
        string folder = Fresh();
        string first = Report(folder, threads: 2);
        int skipped = 0, total = 0;

        string second = Report(folder, threads: 2, p => (skipped, total) = (p.Skipped, p.Total));

        Assert.Equal(first, second);
        Assert.Equal(total, skipped);
    }

    [Fact]
    public void Results_of_another_version_are_refused_with_their_place()
    {
        string folder = Fresh();
        File.WriteAllText(Path.Combine(folder, "results.json"), "{\"layout\": 99}");

        StudyException e = Assert.Throws<StudyException>(() => Report(folder, threads: 1));

        Assert.Contains("layout 99", e.Message, StringComparison.Ordinal);
        Assert.Contains(folder, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "organism", "no finished cell of the study small")]
    [InlineData(false, "nosuch.gguf", "nosuch.gguf")]
    public void What_cannot_begin_leaves_nothing_behind(bool onlyReports, string model, string message)
    {
        string folder = Path.Combine(Fresh(), "results");
        StudySpec study = Study with { Models = [Study.Models[0] with { Model = model }] };
        using var pool = new ComputePool(1);

        Exception? e = Record.Exception(() => new StudyRunner(study, Path.GetTempPath(), folder, pool) { OnlyReports = onlyReports, FileHash = "ab" }.Run());

        Assert.Contains(message, Assert.IsAssignableFrom<Exception>(e).Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public void A_report_of_results_of_another_study_is_refused()
    {
        string folder = Fresh();
        using var pool = new ComputePool(1);
        _ = new CellStore(folder);

        StudyException e = Assert.Throws<StudyException>(() => new StudyRunner(Study, folder, folder, pool) { OnlyReports = true }.Run());

        Assert.Contains("No report was written", e.Message, StringComparison.Ordinal);
    }

    private static void StopInTraining(StudyProgress progress, CancellationTokenSource stop)
    {
        if (progress.Label.Contains("qlora", StringComparison.Ordinal) && progress.Share > 0.2)
        {
            stop.Cancel();
        }
    }

    private static string Fresh() => TemporaryFolder.New("temper");

    private static string Report(string folder, int threads, Action<StudyProgress>? progress = null)
    {
        using var pool = new ComputePool(threads);
        return MarkdownReport.Render(new StudyRunner(Study, folder, folder, pool).Run(progress, TestContext.Current.CancellationToken));
    }
}
