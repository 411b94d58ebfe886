using System.Text.Json;
using Temperament.Models.Documents;
using Temperament.Tensors.Memory;

namespace Temperament.Cli.Hosting;

/// <summary>Turns what went wrong into one message and an exit code. A stack trace is shown only where TEMPER_DEBUG is 1.</summary>
internal static class ErrorBoundary
{
    private const int NoSpaceUnix = 28;
    private const int NoSpaceWindows = 112;

    /// <summary>Reports an exception.</summary>
    /// <param name="error">What happened.</param>
    /// <param name="log">Where the message goes.</param>
    /// <returns>The exit code.</returns>
    public static int Report(Exception error, TextWriter log)
    {
        if (Environment.GetEnvironmentVariable("TEMPER_DEBUG") == "1")
        {
            log.WriteLine(error);
        }

        (int code, string message) = Explain(error);
        log.WriteLine($"temper: {message}");
        return code;
    }

    private static (int Code, string Message) Explain(Exception error) => error switch
    {
        OperationCanceledException => (ExitCodes.Interrupted, error is StoppedException
            ? error.Message
            : "interrupted. What was written before stays."),
        UsageException => (ExitCodes.WrongUse, error.Message),
        _ when InputErrors.Explains(error) => (ExitCodes.BadInput, error.Message),
        JsonException => (ExitCodes.BadInput, $"a JSON file is damaged: {JsonFault.Describe(error)}."),
        FileNotFoundException or DirectoryNotFoundException => (ExitCodes.BadInput, $"{error.Message} Check the path; it is read from "
            + $"{Environment.CurrentDirectory}."),
        IOException when IsFull(error) => (ExitCodes.Failed, $"{error.Message} The disk is full: free some space, or give another folder, and "
            + "run the same command again; what was finished stays."),
        IOException => (ExitCodes.Failed, error.Message),
        UnauthorizedAccessException => (ExitCodes.Failed, $"{error.Message} Give a folder that you may write to."),
        TensorMemoryException => (ExitCodes.Failed, error.Message),
        OutOfMemoryException => (ExitCodes.Failed, "there is not enough memory. Take a smaller model, batch or context, or a 4-bit base."),
        AggregateException { InnerExceptions: [var inner] } => Explain(inner),
        _ when InputErrors.IsFailedWork(error) => (ExitCodes.Failed, error.Message),
        _ => (ExitCodes.Failed, $"{error.GetType().Name}: {error.Message} This is a fault of temper itself; TEMPER_DEBUG=1 shows where it "
            + "happened."),
    };

    private static bool IsFull(Exception error) => (error.HResult & 0xFFFF) is NoSpaceUnix or NoSpaceWindows;
}
