namespace Temperament.Methods.Training;

/// <summary>What one step did.</summary>
/// <param name="Step">Step, from 0.</param>
/// <param name="Loss">Mean -log p of the step's targets before the update, in nats.</param>
/// <param name="GradientNorm">Norm of all gradients before clipping.</param>
/// <param name="LearningRate">Rate that was used.</param>
/// <param name="Targets">Number of target tokens.</param>
/// <param name="Tokens">Number of tokens that went through the network.</param>
public sealed record TrainingStep(int Step, double Loss, double GradientNorm, double LearningRate, int Targets, int Tokens);
