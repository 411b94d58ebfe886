namespace Temperament.Cli;

/// <summary>What the process returns.</summary>
internal static class ExitCodes
{
    /// <summary>The work is done.</summary>
    public const int Done = 0;

    /// <summary>The work failed.</summary>
    public const int Failed = 1;

    /// <summary>The command line is wrong.</summary>
    public const int WrongUse = 2;

    /// <summary>A file that was given is missing, damaged or of another kind.</summary>
    public const int BadInput = 3;

    /// <summary>The work was interrupted; what was done stays.</summary>
    public const int Interrupted = 130;
}
