namespace Temperament.Methods.Training;

/// <summary>A run cannot start or go on.</summary>
public sealed class TrainingException : Exception
{
    /// <summary>Describes the fault.</summary>
    /// <param name="message">What was found and what to do.</param>
    public TrainingException(string message)
        : base(message)
    {
    }

    /// <summary>Describes a fault that another one led to.</summary>
    /// <param name="message">What was found and what to do.</param>
    /// <param name="inner">The other fault.</param>
    public TrainingException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
