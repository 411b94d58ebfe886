namespace Temperament.Cli.Hosting;

/// <summary>The work was interrupted and can be taken up again; the message says how.</summary>
internal sealed class StoppedException : OperationCanceledException
{
    public StoppedException(string message)
        : base(message)
    {
    }
}
