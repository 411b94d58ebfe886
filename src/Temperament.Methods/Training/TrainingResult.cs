namespace Temperament.Methods.Training;

/// <summary>What a finished run gave.</summary>
/// <param name="Folder">Folder of the adapter.</param>
/// <param name="Samples">Number of samples.</param>
/// <param name="Steps">Number of steps.</param>
/// <param name="FirstLoss">Mean loss of the first samples before training, in nats.</param>
/// <param name="LastLoss">Mean loss of the same samples after it; NaN where nothing was done.</param>
/// <param name="LargestLogitChange">Largest change of a logit on the first sample, adapter on against off.</param>
/// <param name="WasThere">True where the folder held the finished adapter of the very same run, and nothing was done.</param>
public sealed record TrainingResult(
    string Folder, int Samples, int Steps, double FirstLoss, double LastLoss, double LargestLogitChange, bool WasThere = false);
