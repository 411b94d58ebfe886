using Temperament.Models.Checkpoints;

namespace Temperament.Methods.Training;

/// <summary>
/// Writes the checkpoints of a run. The system takes the numbers at once; that the disk has them is waited for while the next steps compute, and the
/// log says so only then.
/// </summary>
/// <param name="path">File.</param>
/// <param name="trainer">The run.</param>
/// <param name="key">Hash of recipe, data and base.</param>
/// <param name="evaluation">What else the run has to know when it goes on.</param>
/// <param name="log">Told of each checkpoint.</param>
internal sealed class RunCheckpoints(string path, Trainer trainer, string key, RunEvaluation evaluation, TrainingLog log) : IDisposable
{
    private Task? _writing;
    private int _step;

    /// <summary>Begins a checkpoint of the step that was done last, after the one before it is on the disk.</summary>
    /// <exception cref="IOException">The disk is full, or is gone.</exception>
    public void Begin()
    {
        Finish();
        UnfinishedFile file = TrainingCheckpoint.Begin(path, trainer, key, evaluation.Notes);
        (_step, _writing) = (trainer.StepsDone, Task.Run(file.Finish));
    }

    /// <summary>Says that a checkpoint is there, where the disk has it by now.</summary>
    /// <exception cref="IOException">The disk is full, or is gone.</exception>
    public void Look()
    {
        if (_writing is { IsCompleted: true })
        {
            Finish();
        }
    }

    /// <summary>Waits for the disk.</summary>
    /// <exception cref="IOException">The disk is full, or is gone.</exception>
    public void Finish()
    {
        if (_writing is not { } writing)
        {
            return;
        }

        _writing = null;
        writing.GetAwaiter().GetResult();
        int step = _step;
        log.Write("checkpoint", json => json.WriteNumber("step", step));
    }

    /// <summary>Waits for the disk where a run breaks off, and says in the log what is there. That this checkpoint failed is not the reason, and another one may go better.</summary>
    public void Settle()
    {
        try
        {
            Finish();
        }
        catch (IOException)
        {
        }
    }

    /// <summary>Waits for the disk where a run breaks off; what it has to say is not the reason.</summary>
    public void Dispose()
    {
        if (_writing is { } writing)
        {
            Task.WaitAny(writing);
        }
    }
}
