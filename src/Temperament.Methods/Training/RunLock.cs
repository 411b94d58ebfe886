namespace Temperament.Methods.Training;

/// <summary>Keeps a second run out of a folder. A killed process lets go of it; the file may stay.</summary>
internal sealed class RunLock : IDisposable
{
    private const string FileName = "run.lock";

    private readonly FileStream _held;
    private readonly string _path;

    private RunLock(FileStream held, string path) => (_held, _path) = (held, path);

    /// <summary>Takes the lock of a folder.</summary>
    /// <exception cref="TrainingException">Another run holds it.</exception>
    public static RunLock Take(string folder)
    {
        string path = Path.Combine(folder, FileName);
        try
        {
            return new RunLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None), path);
        }
        catch (IOException) when (File.Exists(path))
        {
            throw new TrainingException($"{folder} is in use by another run. Wait for it, or train into another folder.");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        File.Delete(_path);
        _held.Dispose();
    }
}
