namespace Temperament.Methods.Training;

/// <summary>Shape of the learning rate over the steps.</summary>
public enum ScheduleKind
{
    /// <summary>The same rate at every step; there is no warm-up.</summary>
    Constant,

    /// <summary>The same rate at every step after the warm-up.</summary>
    ConstantWithWarmup,

    /// <summary>Falls to 0 in a straight line after the warm-up.</summary>
    Linear,

    /// <summary>Falls to 0 along half a cosine after the warm-up.</summary>
    Cosine,
}

/// <summary>
/// Learning rate by step, as transformers' <c>get_scheduler</c> gives it: during W warm-up steps base * s / W, so the first of them has
/// rate 0; then the shape over the remaining N - W steps.
/// </summary>
/// <param name="Kind">Shape.</param>
/// <param name="Steps">Number of steps, N.</param>
/// <param name="WarmupSteps">Number of warm-up steps, W.</param>
/// <param name="BaseRate">Largest rate.</param>
public sealed record Schedule(ScheduleKind Kind, int Steps, int WarmupSteps, double BaseRate)
{
    /// <summary>Rate of one step.</summary>
    /// <param name="step">Step, from 0.</param>
    public double RateAt(int step)
    {
        if (Kind == ScheduleKind.Constant)
        {
            return BaseRate;
        }

        if (step < WarmupSteps)
        {
            return BaseRate * step / Math.Max(1, WarmupSteps);
        }

        double done = (double)(step - WarmupSteps) / Math.Max(1, Steps - WarmupSteps);
        return Kind switch
        {
            ScheduleKind.Linear => BaseRate * Math.Max(0, (double)(Steps - step) / Math.Max(1, Steps - WarmupSteps)),
            ScheduleKind.Cosine => BaseRate * Math.Max(0, (1 + Math.Cos(Math.PI * done)) / 2),
            _ => BaseRate,
        };
    }
}
