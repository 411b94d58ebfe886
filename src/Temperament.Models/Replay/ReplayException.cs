namespace Temperament.Models.Replay;

/// <summary>A model that was written and loaded again does not do what the model in memory did; nothing of it was kept.</summary>
public sealed class ReplayException : Exception
{
    /// <summary>Describes the difference.</summary>
    /// <param name="message">What was asked, what was expected, what was found.</param>
    public ReplayException(string message)
        : base(message)
    {
    }
}
