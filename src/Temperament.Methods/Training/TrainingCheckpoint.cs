using System.Globalization;
using Temperament.Models.Checkpoints;
using Temperament.Models.Decoder;
using Temperament.Tensors.Memory;

namespace Temperament.Methods.Training;

/// <summary>
/// The state of a run in one file: parameters, AdamW's moments and the number of steps done. The order of samples and dropout follow from
/// the seed and the step, so a resumed run gives the same bytes as one that never stopped.
/// </summary>
public static class TrainingCheckpoint
{
    private const string StepKey = "temper.steps_done";
    private const string RunKey = "temper.run";

    /// <summary>Writes a checkpoint under a temporary name and renames it.</summary>
    /// <param name="path">File.</param>
    /// <param name="trainer">The run.</param>
    /// <param name="runKey">Hash of recipe, data and base, so that only the same run can resume from it.</param>
    public static void Save(string path, Trainer trainer, string runKey)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        var tensors = new List<SafetensorsTensor>();
        foreach ((Parameter parameter, Tensor mean, Tensor square) in trainer.Moments)
        {
            long[] shape = [parameter.Value.Rows, parameter.Value.Columns];
            tensors.Add(SafetensorsTensor.F32("parameter." + parameter.Name, shape, parameter.Value.Span));
            tensors.Add(SafetensorsTensor.F32("mean." + parameter.Name, shape, mean.Span));
            tensors.Add(SafetensorsTensor.F32("square." + parameter.Name, shape, square.Span));
        }

        SafetensorsWriter.Write(path, tensors, new Dictionary<string, string>
        {
            [StepKey] = trainer.StepsDone.ToString(CultureInfo.InvariantCulture),
            [RunKey] = runKey,
        });
    }

    /// <summary>Puts a checkpoint back into a fresh trainer of the same run.</summary>
    /// <param name="path">File.</param>
    /// <param name="trainer">The run.</param>
    /// <param name="runKey">Hash of recipe, data and base.</param>
    /// <exception cref="TrainingException">The checkpoint is of another run.</exception>
    public static void Restore(string path, Trainer trainer, string runKey)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        using SafetensorsFile file = SafetensorsFile.Open(path);
        if (!file.Metadata.TryGetValue(RunKey, out string? found) || found != runKey
            || !int.TryParse(file.Metadata.GetValueOrDefault(StepKey), CultureInfo.InvariantCulture, out int steps))
        {
            throw new TrainingException($"{path} is a checkpoint of another run: its recipe, data or base model differ. "
                + "Resume with what it was started with, or train into another folder.");
        }

        foreach ((Parameter parameter, Tensor mean, Tensor square) in trainer.Moments)
        {
            file.ReadFloats("parameter." + parameter.Name).CopyTo(parameter.Value.Span);
            file.ReadFloats("mean." + parameter.Name).CopyTo(mean.Span);
            file.ReadFloats("square." + parameter.Name).CopyTo(square.Span);
        }

        trainer.ResumeAt(steps);
    }
}
