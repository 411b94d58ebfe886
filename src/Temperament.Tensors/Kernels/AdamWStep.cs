namespace Temperament.Tensors.Kernels;

/// <summary>The numbers of one step of <see cref="AdamW"/>.</summary>
/// <param name="LearningRate">Learning rate of this step.</param>
/// <param name="Beta1">Share of the first moment that is kept.</param>
/// <param name="Beta2">Share of the second moment that is kept.</param>
/// <param name="Epsilon">Added to the root of the corrected second moment.</param>
/// <param name="WeightDecay">Decay for each unit of learning rate.</param>
/// <param name="Step">Number of the step, from 1.</param>
/// <param name="GradientScale">Factor of the gradients, such as the coefficient of clipping.</param>
public readonly record struct AdamWStep(
    double LearningRate, double Beta1, double Beta2, double Epsilon, double WeightDecay, int Step, float GradientScale = 1);
