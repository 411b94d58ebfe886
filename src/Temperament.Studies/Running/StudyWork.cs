using System.Diagnostics;
using Temperament.Methods;
using Temperament.Studies.Specification;

namespace Temperament.Studies.Running;

/// <summary>
/// Counts the pieces of a study and weighs them, so that the time that is left is told by work and not by number: a training of fifty steps
/// is not a short probe. The unit is one answer of the study's own length.
/// </summary>
internal sealed class StudyWork
{
    // One trained opinion against one answer of 60 tokens, measured on SmolLM2-135M: 0.30 s against 0.16 s.
    private const double TrainedOpinion = 1.9, ReadText = 0.3;

    private readonly StudyRunner _runner;
    private readonly StudySpec _study;
    private readonly StudyMaterials _materials;
    private readonly Stopwatch _watch;
    private readonly int _total;
    private readonly Action<StudyProgress>? _progress;
    private double _left;
    private double _worked;
    private int _done;

    public StudyWork(StudyRunner runner, StudySpec study, StudyMaterials materials, Stopwatch watch, int total, Action<StudyProgress>? progress)
    {
        (_runner, _study, _materials, _watch, _total, _progress) = (runner, study, materials, watch, total, progress);
        IReadOnlyList<PlannedCell> plan = RunPlan.Of(study);
        _left = (study.Models.Count * ProbeSize) + ((study.Neurons?.Targets.Count ?? 0) * (study.Neurons is { } neurons ? NeuronSize(neurons) : 0))
            + plan.Sum(cell => CellSize(study.GenerationOf(cell.Generation), MethodCatalog.Create(cell.Method).TrainsAdapter))
            + plan.Where(cell => cell.Seed is not null).Select(cell => cell.Training).Distinct()
                .Sum(cell => TrainingSize(study.RecipeOf(cell.Recipe), materials.Training(cell.Target).Count));
    }

    /// <summary>Labels of the pieces that are not done, where a report is made of what there is.</summary>
    public List<string> NotRun { get; } = [];

    /// <summary>Pieces that an earlier run had done; while it is 0, the time of this run is the time of the study.</summary>
    public int Skipped { get; private set; }

    public double ProbeSize => ReadText * _materials.Targets.Sum(target => _materials.HeldOut(target).Count);

    public double TrainingSize(CellSpec cell) => TrainingSize(cell.Recipe!, _materials.Training(cell.Target).Count);

    public double CellSize(CellSpec cell) => CellSize(cell.Generation, cell.Recipe is not null);

    public double NeuronSize(NeuronSpec spec) => _materials.Questions.Count * (2 + ((2 + spec.Pushes.Count) * spec.Counts.Count * (1 + spec.RandomDraws)));

    /// <summary>Does a piece that is not done yet.</summary>
    /// <param name="label">What it is.</param>
    /// <param name="size">Its work.</param>
    /// <param name="isDone">Whether an earlier run did it.</param>
    /// <param name="run">Does it, and tells the share that is done.</param>
    /// <returns>Whether it is done now.</returns>
    /// <exception cref="OperationCanceledException">The run's time is over.</exception>
    public bool Do(string label, double size, bool isDone, Action<Action<double>> run)
    {
        if (!isDone && _runner.OnlyReports)
        {
            NotRun.Add(label);
            return false;
        }

        if (isDone)
        {
            Skipped++;
        }
        else
        {
            if (_runner.StartsUntil is { } limit && _watch.Elapsed >= limit)
            {
                throw new OperationCanceledException("The time of this run is over.");
            }

            Tell(label, 0, size);
            run(share => Tell(label, share, size));
            _worked += size;
        }

        _left = Math.Max(0, _left - size);
        _done++;
        Tell(label, 0, 0);
        return true;
    }

    private static double TrainingSize(AdapterRecipe recipe, int opinions) => TrainedOpinion * recipe.BatchSize * recipe.ToTraining(0).StepsFor(opinions);

    private double CellSize(GenerationSpec generation, bool trains) =>
        (_materials.QuestionsFor(generation).Count * (double)generation.MaxNewTokens / _study.Generation.MaxNewTokens)
            + (ReadText * (_materials.HeldOut(Models.Text.TraitTarget.Neutral).Count + (trains ? 4 * _study.SameTextQuestions : 0)));

    private void Tell(string label, double share, double size) => _progress?.Invoke(new StudyProgress(
        label, _done, _total, share, Skipped, _worked + (share * size), Math.Max(0, _left - (share * size))));
}
