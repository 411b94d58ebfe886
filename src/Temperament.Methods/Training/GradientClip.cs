namespace Temperament.Methods.Training;

/// <summary>Limits the norm of all gradients together. Pascanu et al. 2013, https://arxiv.org/abs/1211.5063; the constant is torch's.</summary>
public static class GradientClip
{
    private const double Guard = 1e-6;

    /// <summary>Factor of every gradient: min(1, limit / (norm + 1e-6)).</summary>
    /// <param name="norm">Root of the sum of squares over all trained tensors.</param>
    /// <param name="limit">Largest norm; 0 for no limit.</param>
    public static double Coefficient(double norm, double limit) => limit > 0 ? Math.Min(1, limit / (norm + Guard)) : 1;
}
