using Temperament.Methods.Adapters;
using Temperament.Models.Checkpoints;

namespace Temperament.Methods.Training;

/// <summary>What lies in the folder of a run before it begins.</summary>
internal static class RunFolder
{
    /// <summary>Whether a folder holds the result of a run already.</summary>
    /// <param name="folder">The folder; it need not exist.</param>
    /// <param name="key">Hash of recipe, data and base of the run.</param>
    /// <param name="resume">Whether the run goes on from a checkpoint that lies there.</param>
    /// <exception cref="TrainingException">It holds something else, and nothing was changed in it.</exception>
    public static bool Holds(string folder, string key, bool resume)
    {
        if (File.Exists(folder))
        {
            throw new TrainingException($"{folder} is a file; expected a folder for the adapter. Give another \"out\" in the recipe, or --out.");
        }

        if (Passport.RunOf(folder) is { } finished)
        {
            return finished == key ? true : throw new TrainingException(
                $"{folder} holds the adapter of another run. Train into another folder, or remove this one.");
        }

        string checkpoint = Path.Combine(folder, TrainingRun.CheckpointName);
        bool begun = File.Exists(checkpoint);
        if (begun && !resume)
        {
            throw new TrainingException($"{folder} holds a run that is not finished. Go on with --resume, or remove {checkpoint}.");
        }

        if (Directory.Exists(folder))
        {
            RunLock.Take(folder).Dispose();
        }

        if (begun)
        {
            using SafetensorsFile file = SafetensorsFile.Open(checkpoint);
            TrainingCheckpoint.RequireRun(file, checkpoint, key);
        }

        return false;
    }
}
