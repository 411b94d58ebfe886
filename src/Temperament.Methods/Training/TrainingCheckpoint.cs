using System.Globalization;
using Temperament.Models.Checkpoints;
using Temperament.Models.Decoder;

namespace Temperament.Methods.Training;

/// <summary>
/// The state of a run in one file: parameters, AdamW's moments and the number of steps done. The order of samples and dropout follow from
/// the seed and the step, so a resumed run gives the same bytes as one that never stopped.
/// </summary>
public static class TrainingCheckpoint
{
    private const string StepKey = "temper.steps_done";
    private const string UpdatesKey = "temper.updates";
    private const string BadStepsKey = "temper.bad_steps";
    private const string RunKey = "temper.run";

    /// <summary>Writes a checkpoint under a temporary name and renames it.</summary>
    /// <param name="path">File.</param>
    /// <param name="trainer">The run.</param>
    /// <param name="runKey">Hash of recipe, data and base, so that only the same run can resume from it.</param>
    /// <param name="notes">What else the run has to know when it goes on.</param>
    public static void Save(string path, Trainer trainer, string runKey, IReadOnlyDictionary<string, string>? notes = null) =>
        Begin(path, trainer, runKey, notes).Finish();

    /// <summary>As <see cref="Save(string, Trainer, string, IReadOnlyDictionary{string, string}?)"/>, without waiting for the disk: the run may go on as
    /// soon as this returns, and the path has the checkpoint once the file is finished.</summary>
    /// <param name="path">File.</param>
    /// <param name="trainer">The run.</param>
    /// <param name="runKey">Hash of recipe, data and base, so that only the same run can resume from it.</param>
    /// <param name="notes">What else the run has to know when it goes on.</param>
    public static UnfinishedFile Begin(string path, Trainer trainer, string runKey, IReadOnlyDictionary<string, string>? notes = null)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        return Begin(path, trainer.State, new Counts(trainer.StepsDone, trainer.Updates, trainer.BadSteps), runKey, notes);
    }

    /// <summary>Writes a checkpoint of a classifier's run, as <see cref="Save(string, Trainer, string, IReadOnlyDictionary{string, string}?)"/> does.</summary>
    /// <param name="path">File.</param>
    /// <param name="trainer">The run.</param>
    /// <param name="runKey">Hash of settings, data and base, so that only the same run can resume from it.</param>
    /// <param name="notes">What else the run has to know when it goes on.</param>
    public static void Save(string path, ClassifierTrainer trainer, string runKey, IReadOnlyDictionary<string, string>? notes = null)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        Begin(path, trainer.State, new Counts(trainer.StepsDone, trainer.Updates, 0), runKey, notes).Finish();
    }

    /// <summary>Puts a checkpoint back into a fresh trainer of the same run.</summary>
    /// <param name="path">File.</param>
    /// <param name="trainer">The run.</param>
    /// <param name="runKey">Hash of recipe, data and base.</param>
    /// <returns>The notes that were saved with it.</returns>
    /// <exception cref="TrainingException">The checkpoint is of another run.</exception>
    public static IReadOnlyDictionary<string, string> Restore(string path, Trainer trainer, string runKey)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        IReadOnlyDictionary<string, string> notes = Restore(path, trainer.State, runKey, out Counts counts);
        trainer.ResumeAt(counts.Steps, counts.Updates, counts.BadSteps);
        return notes;
    }

    /// <summary>Puts a checkpoint back into a fresh trainer of the same classifier.</summary>
    /// <param name="path">File.</param>
    /// <param name="trainer">The run.</param>
    /// <param name="runKey">Hash of settings, data and base.</param>
    /// <returns>The notes that were saved with it.</returns>
    /// <exception cref="TrainingException">The checkpoint is of another run.</exception>
    public static IReadOnlyDictionary<string, string> Restore(string path, ClassifierTrainer trainer, string runKey)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        IReadOnlyDictionary<string, string> notes = Restore(path, trainer.State, runKey, out Counts counts);
        trainer.ResumeAt(counts.Steps, counts.Updates);
        return notes;
    }

    private static UnfinishedFile Begin(
        string path, IEnumerable<(Parameter Parameter, Moments Moments)> state, Counts counts, string runKey, IReadOnlyDictionary<string, string>? notes)
    {
        var tensors = new List<SafetensorsTensor>();
        foreach ((Parameter parameter, Moments moments) in state)
        {
            tensors.Add(SafetensorsTensor.F32("parameter." + parameter.Name, parameter.Value));
            tensors.AddRange(moments.Save(parameter.Name));
        }

        return SafetensorsWriter.Begin(path, tensors, new Dictionary<string, string>(notes ?? new Dictionary<string, string>())
        {
            [StepKey] = counts.Steps.ToString(CultureInfo.InvariantCulture),
            [UpdatesKey] = counts.Updates.ToString(CultureInfo.InvariantCulture),
            [BadStepsKey] = counts.BadSteps.ToString(CultureInfo.InvariantCulture),
            [RunKey] = runKey,
        });
    }

    private static IReadOnlyDictionary<string, string> Restore(
        string path, IEnumerable<(Parameter Parameter, Moments Moments)> state, string runKey, out Counts counts)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        counts = RequireRun(file, path, runKey);
        foreach ((Parameter parameter, Moments moments) in state)
        {
            file.ReadFloats("parameter." + parameter.Name).CopyTo(parameter.Value.Span);
            moments.Restore(file, parameter.Name);
        }

        return file.Metadata;
    }

    /// <summary>Refuses a checkpoint of another run.</summary>
    /// <param name="file">The checkpoint.</param>
    /// <param name="path">Its path.</param>
    /// <param name="runKey">Hash of recipe, data and base.</param>
    /// <exception cref="TrainingException">The checkpoint is of another run.</exception>
    internal static Counts RequireRun(SafetensorsFile file, string path, string runKey) =>
        file.Metadata.TryGetValue(RunKey, out string? found) && found == runKey
        && Number(file, StepKey, out int steps) && Number(file, UpdatesKey, out int updates) && Number(file, BadStepsKey, out int bad)
            ? new Counts(steps, updates, bad)
            : throw new TrainingException($"{path} is a checkpoint of another run: its recipe, data or base model differ. "
                + "Resume with what it was started with, or train into another folder.");

    private static bool Number(SafetensorsFile file, string key, out int number) =>
        int.TryParse(file.Metadata.GetValueOrDefault(key), CultureInfo.InvariantCulture, out number);

    /// <summary>How far a run was.</summary>
    /// <param name="Steps">Steps done.</param>
    /// <param name="Updates">Those of them that changed the parameters.</param>
    /// <param name="BadSteps">Steps in a row before it that were not finite.</param>
    internal readonly record struct Counts(int Steps, int Updates, int BadSteps);
}
