using System.Runtime.InteropServices;

namespace Temperament.Cli.Hosting;

/// <summary>
/// Turns the first Ctrl+C (or SIGTERM) into a cancelled token, so that the step in progress ends whole; the second ends the process at once.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;
    private readonly TextWriter _log;

    public Interruption(TextWriter log)
    {
        _log = log;
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop),
        ];
    }

    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }

        _source.Dispose();
    }

    private void Stop(PosixSignalContext context)
    {
        if (_source.IsCancellationRequested)
        {
            return;
        }

        context.Cancel = true;
        _log.WriteLine();
        _log.WriteLine("Stopping when the step in progress is whole. Press Ctrl+C again to end at once.");
        _source.Cancel();
    }
}
