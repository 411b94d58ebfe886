namespace Temperament.Methods.Training;

/// <summary>What a finished run gave.</summary>
/// <param name="Folder">Folder of the adapter, or of the model.</param>
/// <param name="Samples">Number of samples, or of given steps.</param>
/// <param name="Steps">Number of steps that were done.</param>
/// <param name="FirstLoss">Mean loss of the first samples before training, in nats.</param>
/// <param name="LastLoss">Mean loss of the same samples after it; NaN where nothing was done.</param>
/// <param name="LargestLogitChange">Largest change of a logit on the beginning of the first sample, after training against before.</param>
/// <param name="WasThere">True where the folder held the finished result of the very same run, and nothing was done.</param>
public sealed record TrainingResult(
    string Folder, int Samples, int Steps, double FirstLoss, double LastLoss, double LargestLogitChange, bool WasThere = false)
{
    /// <summary>Step whose weights were kept for their validation loss; null where the last ones were.</summary>
    public int? BestStep { get; init; }

    /// <summary>Time that the steps took since the run began or was taken up; data, log, checkpoints and evaluations are around them.</summary>
    public TimeSpan Computing { get; init; }
}
