namespace Temperament.Cli.Hosting;

/// <summary>The command line asks for something that cannot be, in a way that only shows when it is carried out.</summary>
internal sealed class UsageException : Exception
{
    public UsageException(string message)
        : base(message)
    {
    }
}
