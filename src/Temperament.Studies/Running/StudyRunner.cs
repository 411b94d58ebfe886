using System.Diagnostics;
using Temperament.Methods;
using Temperament.Models;
using Temperament.Models.Text;
using Temperament.Studies.Organism;
using Temperament.Studies.Reports;
using Temperament.Studies.Specification;
using Temperament.Tensors.Threading;

namespace Temperament.Studies.Running;

/// <summary>Where a study is.</summary>
/// <param name="Label">What is being done.</param>
/// <param name="Done">Pieces of work that are done, counted or found done.</param>
/// <param name="Total">Pieces of work in all.</param>
/// <param name="Share">Share of the present piece that is done, 0 to 1.</param>
/// <param name="Skipped">Pieces that an earlier run had done.</param>
/// <param name="WorkDone">Work of this run that is done, in answers of the study's length; a trained opinion counts as several.</param>
/// <param name="WorkLeft">Work that is left, in the same unit.</param>
public sealed record StudyProgress(string Label, int Done, int Total, double Share, int Skipped, double WorkDone, double WorkLeft);

/// <summary>
/// Runs what a study file asks for: trainings, cells, probes and neuron studies that are not done yet, then the report. Killed at any point it
/// loses the piece in flight only, and run again it ends with the same bytes.
/// </summary>
public sealed class StudyRunner
{
    private readonly StudySpec _study;
    private readonly string _folder;
    private readonly string _results;
    private CellStore? _opened;
    private readonly ComputePool _pool;
    private readonly IReadOnlyList<PlannedCell> _plan;

    /// <summary>Prepares a run.</summary>
    /// <param name="study">The study.</param>
    /// <param name="folder">Folder of the study file, from which relative paths count.</param>
    /// <param name="results">Folder of the results.</param>
    /// <param name="pool">Threads.</param>
    public StudyRunner(StudySpec study, string folder, string results, ComputePool pool)
    {
        ArgumentNullException.ThrowIfNull(study);
        ArgumentNullException.ThrowIfNull(pool);
        _study = study;
        _folder = folder;
        _results = results;
        _pool = pool;
        _plan = RunPlan.Of(study);
    }

    // Opened after the study's models and data were found, so that a run that cannot begin leaves nothing behind.
    private CellStore Store => _opened ??= new CellStore(_results);

    /// <summary>SHA-256 of the study file, which is registered before anything is run; null for a study that has no file.</summary>
    public string? FileHash { get; init; }

    /// <summary>True to run nothing, and to report on what is done.</summary>
    public bool OnlyReports { get; init; }

    /// <summary>Time after which no new piece is begun; null for no limit.</summary>
    public TimeSpan? StartsUntil { get; init; }

    /// <summary>Number of pieces of work: trainings, cells, probes and neuron studies.</summary>
    public int Pieces => _plan.Count + _plan.Where(cell => cell.Seed is not null).Select(cell => cell.Training).Distinct().Count()
        + _study.Models.Count + (_study.Neurons?.Targets.Count ?? 0);

    /// <summary>Runs all that is not done and gives the data of the report.</summary>
    /// <param name="progress">Told how far the run is; null for nobody.</param>
    /// <param name="cancellation">Ends the run between two steps.</param>
    /// <returns>Data of the report, but for the environment's times.</returns>
    /// <exception cref="OperationCanceledException">The run was stopped, or its time is over, before all was done.</exception>
    public ReportData Run(Action<StudyProgress>? progress = null, CancellationToken cancellation = default)
    {
        var watch = Stopwatch.StartNew();
        if (OnlyReports && !CellStore.Exists(_results))
        {
            throw Nothing();
        }

        var materials = new StudyMaterials(_study.Data, _folder);
        CheckTargets(materials);
        CheckModels();
        if (!OnlyReports)
        {
            Store.Sweep();
        }

        var work = new StudyWork(this, _study, materials, watch, Pieces, progress);
        var evidence = new StudyEvidence();
        if (FileHash is { } hash)
        {
            evidence.Registrations.AddRange(OnlyReports
                ? Registration.Read(Store.Folder) : Registration.Record(Store.Folder, _study, hash, Store.Finished));
        }

        foreach (StudyModel model in _study.Models)
        {
            using var subject = new StudySubject(model, LanguageModel.Load(ModelCatalog.Open(model.Model, _folder), _pool, _study.Quantization));
            evidence.Cards.Add(SubjectCard(subject, materials));
            RunProbe(subject, materials, work, evidence);
            RunCells(subject, materials, work, evidence, cancellation);
            if (model == _study.Models[0])
            {
                RunNeurons(subject, materials, work, evidence, cancellation);
            }
        }

        if (OnlyReports && evidence.Cells.Count == 0)
        {
            throw Nothing();
        }

        evidence.NotRun.AddRange(work.NotRun);
        return new ReportAssembler(_study, materials, evidence).Assemble(work.Skipped == 0 && !OnlyReports ? watch.Elapsed : null, _pool.Threads);
    }

    private static (StudyModel, string, long, Measures.Metrics.Perplexity) SubjectCard(StudySubject subject, StudyMaterials materials) => (
        subject.Model, subject.Loaded.WeightsHash, subject.Network.Config.ParameterCount, subject.Perplexity(materials.HeldOut(TraitTarget.Neutral)));

    private StudyException Nothing() => new(_results, $"no finished cell of the study {_study.Name}", "results of this study, model and data",
        "Run it first with temper study run, or name the folder of its results with --out. No report was written.");

    private void CheckModels()
    {
        foreach (StudyModel model in _study.Models)
        {
            ModelCatalog.Open(model.Model, _folder).Dispose();
        }
    }

    private void CheckTargets(StudyMaterials materials)
    {
        foreach (PlannedCell cell in _plan.Where(c => c.Method != "none" && !materials.Targets.Contains(c.Target)))
        {
            throw new StudyException(materials.Data.Opinions, $"no opinions of {cell.Target.Name}, which an arm of the study asks for",
                $"opinions of {string.Join(", ", materials.Targets.Select(t => t.Name))}", "Leave the target out of the arm, or add its opinions.");
        }

        foreach (TraitTarget target in _study.Neurons?.Targets ?? [])
        {
            NeuronCell(target);
        }
    }

    private PlannedCell NeuronCell(TraitTarget target) =>
        _plan.FirstOrDefault(c => c == c.Training && c.Recipe is null && c.Model == _study.Models[0].Name && c.Method == _study.Primary.Method
            && c.Target == target && c.StopToken == _study.Primary.StopToken)
        ?? throw new StudyException("study.json", $"neurons of {target.Name}, which no arm trains on {_study.Models[0].Name}",
            "targets of trained arms", "Add the arm, or leave the target out.");

    private void RunProbe(StudySubject subject, StudyMaterials materials, StudyWork work, StudyEvidence evidence)
    {
        string key = ProbeRunner.KeyOf(subject, materials, _study.Quantization.ToString());
        if (work.Do($"{subject.Model.Name} probe", work.ProbeSize, Store.IsDone(key),
            _ => Store.Commit(key, folder => ProbeRunner.Run(subject, materials, folder))))
        {
            evidence.Probes.Add((subject.Model.Name, ProbeRunner.Read(Store.PathOf(key))));
        }
    }

    private void RunCells(StudySubject subject, StudyMaterials materials, StudyWork work, StudyEvidence evidence, CancellationToken cancellation)
    {
        var trained = new HashSet<string>();
        foreach (PlannedCell planned in _plan.Where(c => c.Model == subject.Model.Name))
        {
            CellSpec cell = Resolve(planned, subject, materials);
            string? training = null;
            if (cell.Recipe is not null)
            {
                IReadOnlyList<int> steps = RunPlan.StepsOf(_plan, planned);
                string key = cell.TrainingKey(steps);
                training = Store.PathOf(key);
                if (trained.Add(key))
                {
                    work.Do($"{cell.Label}: training", work.TrainingSize(cell), Store.IsDone(key),
                        report => new AdapterRunner(materials, Store).Run(cell, steps, subject, report, cancellation));
                }
            }

            string? baseCell = BaseOf(planned) is { } unchanged ? Store.PathOf(Resolve(unchanged, subject, materials).Key) : null;
            if (work.Do(cell.Label, work.CellSize(cell), Store.IsDone(cell.Key), report => new CellRunner(materials, Store).Run(
                cell, training is null ? null : AdapterRunner.PathOf(training, cell.Step), baseCell, subject, report, cancellation)))
            {
                evidence.Cells.Add(CellResult.Read(Store.PathOf(cell.Key), training, cell));
            }
        }
    }

    private PlannedCell? BaseOf(PlannedCell cell) =>
        _plan.FirstOrDefault(other => other.Model == cell.Model && other.Method == "none" && other.Generation == cell.Generation);

    private void RunNeurons(StudySubject subject, StudyMaterials materials, StudyWork work, StudyEvidence evidence, CancellationToken cancellation)
    {
        foreach (TraitTarget target in _study.Neurons?.Targets ?? [])
        {
            PlannedCell planned = NeuronCell(target);
            CellSpec cell = Resolve(planned, subject, materials);
            string adapter = AdapterRunner.PathOf(Store.PathOf(cell.TrainingKey(RunPlan.StepsOf(_plan, planned))), null);
            string key = NeuronRunner.KeyOf(cell, _study.Neurons!);
            if (work.Do($"{cell.Label}: neurons", work.NeuronSize(_study.Neurons!), Store.IsDone(key), report => Store.Commit(key, folder =>
                new NeuronRunner(materials).Run(cell, adapter, _study.Neurons!, subject, folder, report, cancellation))))
            {
                evidence.Neurons.Add((cell, Path.Combine(Store.PathOf(key), NeuronRunner.File)));
            }
        }
    }

    private CellSpec Resolve(PlannedCell planned, StudySubject subject, StudyMaterials materials)
    {
        bool trains = MethodCatalog.Create(planned.Method).TrainsAdapter;
        GenerationSpec generation = _study.GenerationOf(planned.Generation);
        return new CellSpec
        {
            Model = planned.Model,
            WeightsHash = subject.Loaded.WeightsHash,
            TokenizerHash = subject.Loaded.Tokenizer.Hash,
            TemplateHash = subject.Chat.TemplateHash,
            Quantization = _study.Quantization,
            Method = planned.Method,
            Target = planned.Target,
            StopToken = planned.StopToken,
            Seed = planned.Seed,
            Recipe = trains ? _study.RecipeOf(planned.Recipe) : null,
            RecipeName = planned.Recipe,
            Step = planned.Step,
            OpinionsHash = trains ? StudyMaterials.HashOf(materials.Training(planned.Target)) : DemonstrationsHash(planned, materials),
            QuestionsHash = StudyMaterials.HashOf(materials.QuestionsFor(generation)),
            ScoringHash = materials.ScoringHash,
            Generation = generation,
            GenerationName = planned.Generation,
            SameTextQuestions = trains && BaseOf(planned) is not null ? _study.SameTextQuestions : 0,
        };
    }

    private static string DemonstrationsHash(PlannedCell planned, StudyMaterials materials) =>
        planned.Method == "ike" && materials.Demonstrations() is { } shown
            ? StudyMaterials.Hash(shown.Select(d => $"{d.Target.Name}\t{d.Topic}\t{d.Question}\t{d.Answer}"))
            : string.Empty;
}
