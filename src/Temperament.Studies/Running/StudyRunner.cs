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
public sealed record StudyProgress(string Label, int Done, int Total, double Share, int Skipped);

/// <summary>
/// Runs what a study file asks for: cells, probes and neuron studies that are not done yet, then the report. Killed at any point it loses
/// the piece in flight only, and run again it ends with the same bytes.
/// </summary>
public sealed class StudyRunner
{
    private readonly StudySpec _study;
    private readonly string _folder;
    private readonly CellStore _store;
    private readonly ComputePool _pool;

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
        _store = new CellStore(results);
        _pool = pool;
    }

    /// <summary>Number of pieces of work: cells, probes and neuron studies.</summary>
    public int Pieces => RunPlan.Of(_study).Count + _study.Models.Count + (_study.Neurons?.Targets.Count ?? 0);

    /// <summary>Runs all that is not done and gives the data of the report.</summary>
    /// <param name="progress">Told how far the run is; null for nobody.</param>
    /// <param name="cancellation">Ends the run between two steps.</param>
    /// <returns>Data of the report, but for the environment's times.</returns>
    public ReportData Run(Action<StudyProgress>? progress = null, CancellationToken cancellation = default)
    {
        var watch = Stopwatch.StartNew();
        _store.Sweep();
        var materials = new StudyMaterials(_study.Data, _folder);
        IReadOnlyList<PlannedCell> plan = RunPlan.Of(_study);
        CheckTargets(plan, materials);
        var work = new Work(progress, Pieces);
        var evidence = new StudyEvidence();
        foreach (StudyModel model in _study.Models)
        {
            using var subject = new StudySubject(model, LanguageModel.Load(ModelCatalog.Open(model.Model, _folder), _pool, _study.Quantization));
            evidence.Cards.Add(SubjectCard(subject, materials));
            RunProbe(subject, materials, work, evidence);
            foreach (PlannedCell planned in plan.Where(c => c.Model == model.Name))
            {
                CellSpec cell = Resolve(planned, subject, materials);
                work.Do(cell.Label, _store.IsDone(cell.Key),
                    report => new CellRunner(materials, _store).Run(cell, subject, report, cancellation));
                evidence.Cells.Add(CellResult.Read(_store.PathOf(cell.Key), cell));
            }

            if (model == _study.Models[0])
            {
                RunNeurons(subject, materials, work, evidence, cancellation);
            }
        }

        return new ReportAssembler(_study, materials, evidence).Assemble(watch.Elapsed, _pool.Threads);
    }

    private static void CheckTargets(IReadOnlyList<PlannedCell> plan, StudyMaterials materials)
    {
        foreach (PlannedCell cell in plan.Where(c => c.Method != "none" && !materials.Targets.Contains(c.Target)))
        {
            throw new StudyException(materials.Data.Opinions, $"no opinions of {cell.Target.Name}, which an arm of the study asks for",
                $"opinions of {string.Join(", ", materials.Targets.Select(t => t.Name))}", "Leave the target out of the arm, or add its opinions.");
        }
    }

    private static (StudyModel, string, long, Measures.Metrics.Perplexity) SubjectCard(StudySubject subject, StudyMaterials materials) => (
        subject.Model, subject.Loaded.WeightsHash, subject.Network.Config.ParameterCount, subject.Perplexity(materials.HeldOut(TraitTarget.Neutral)));

    private void RunProbe(StudySubject subject, StudyMaterials materials, Work work, StudyEvidence evidence)
    {
        string key = ProbeRunner.KeyOf(subject, materials, _study.Quantization.ToString());
        work.Do($"{subject.Model.Name} probe", _store.IsDone(key), _ => _store.Commit(key, folder => ProbeRunner.Run(subject, materials, folder)));
        evidence.Probes.Add((subject.Model.Name, ProbeRunner.Read(_store.PathOf(key))));
    }

    private void RunNeurons(StudySubject subject, StudyMaterials materials, Work work, StudyEvidence evidence, CancellationToken cancellation)
    {
        if (_study.Neurons is not { } neurons)
        {
            return;
        }

        foreach (TraitTarget target in neurons.Targets)
        {
            CellSpec? cell = evidence.Cells.Select(c => c.Spec).FirstOrDefault(s =>
                s.Model == subject.Model.Name && s.Method == _study.Primary.Method && s.Target == target && s.StopToken == _study.Primary.StopToken);
            if (cell is null)
            {
                throw new StudyException("study.json", $"neurons of {target.Name}, which no arm trains on {subject.Model.Name}",
                    "targets of trained arms", "Add the arm, or leave the target out.");
            }

            string key = NeuronRunner.KeyOf(cell, neurons);
            work.Do($"{cell.Label}: neurons", _store.IsDone(key), report => _store.Commit(key, folder =>
                new NeuronRunner(materials, _store).Run(cell, neurons, subject, folder, report, cancellation)));
            evidence.Neurons.Add((cell, Path.Combine(_store.PathOf(key), NeuronRunner.File)));
        }
    }

    private CellSpec Resolve(PlannedCell planned, StudySubject subject, StudyMaterials materials)
    {
        bool trains = MethodCatalog.Create(planned.Method).TrainsAdapter;
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
            Recipe = trains ? _study.Recipe : null,
            OpinionsHash = trains ? StudyMaterials.HashOf(materials.Training(planned.Target)) : DemonstrationsHash(planned, materials),
            QuestionsHash = materials.QuestionsHash,
            ScoringHash = materials.ScoringHash,
            Generation = _study.Generation,
        };
    }

    private static string DemonstrationsHash(PlannedCell planned, StudyMaterials materials) =>
        planned.Method == "ike" && materials.Demonstrations() is { } shown
            ? StudyMaterials.Hash(shown.Select(d => $"{d.Target.Name}\t{d.Topic}\t{d.Question}\t{d.Answer}"))
            : string.Empty;

    /// <summary>Counts pieces of work.</summary>
    private sealed class Work(Action<StudyProgress>? progress, int total)
    {
        private int _done;
        private int _skipped;

        public void Do(string label, bool isDone, Action<Action<double>> run)
        {
            if (isDone)
            {
                _skipped++;
            }
            else
            {
                Tell(label, 0);
                run(share => Tell(label, share));
            }

            _done++;
            Tell(label, 0);
        }

        private void Tell(string label, double share) => progress?.Invoke(new StudyProgress(label, _done, total, share, _skipped));
    }
}
