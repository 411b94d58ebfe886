namespace Temperament.Methods.Training;

/// <summary>What one step did.</summary>
/// <param name="Step">Step, from 0.</param>
/// <param name="Loss">Mean loss of the step's targets, or preference pairs, before the update, in nats.</param>
/// <param name="GradientNorm">Norm of all gradients before clipping.</param>
/// <param name="LearningRate">Rate that was used.</param>
/// <param name="Targets">Number of target tokens.</param>
/// <param name="Tokens">Number of tokens that went through the network.</param>
public sealed record TrainingStep(int Step, double Loss, double GradientNorm, double LearningRate, int Targets, int Tokens)
{
    /// <summary>True where the loss or the gradient was not finite and nothing was changed.</summary>
    public bool Skipped { get; init; }

    /// <summary>How the pairs of a preference step stood; null for plain language modelling.</summary>
    public StepPreferences? Preferences { get; init; }
}

/// <summary>How the pairs of a preference step stood before its update.</summary>
/// <param name="Accuracy">Share of the pairs whose chosen answer was rewarded higher.</param>
/// <param name="Margin">Mean of reward(chosen) - reward(rejected).</param>
public sealed record StepPreferences(double Accuracy, double Margin);
