using Temperament.Tensors.Memory;

namespace Temperament.Models.Checkpoints;

/// <summary>A checkpoint in a folder of the file system. Names that lead out of the folder are refused.</summary>
public sealed class CheckpointFolder : ICheckpointFiles
{
    private const int MaxSmallFile = 1 << 29;
    private readonly string _path;

    /// <summary>Names a folder.</summary>
    /// <param name="path">Folder.</param>
    /// <exception cref="CheckpointException">There is no such folder.</exception>
    public CheckpointFolder(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!Directory.Exists(path))
        {
            throw new CheckpointException(path, "nothing", "a folder with config.json and *.safetensors", "Check the path.");
        }

        _path = path;
    }

    /// <inheritdoc/>
    public bool Exists(string name) => File.Exists(Resolve(name));

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> ReadAll(string name)
    {
        string path = Resolve(name);
        try
        {
            return InputFile.ReadAll(path, MaxSmallFile);
        }
        catch (InputFileException e)
        {
            throw new CheckpointException(path, e.Read, $"the file {name} of a model", e.InnerException is FileNotFoundException ? "The checkpoint is incomplete." : e.Hint, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException(path, $"nothing ({e.Message})", $"the file {name} of a model", "The checkpoint is incomplete.", e);
        }
    }

    /// <inheritdoc/>
    public SafetensorsFile OpenSafetensors(string name) => SafetensorsFile.Open(Resolve(name));

    /// <inheritdoc/>
    public string Describe(string name) => Path.Combine(_path, name);

    private string Resolve(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name != Path.GetFileName(name) || name is "." or ".." || name.Contains('\\', StringComparison.Ordinal) || name.Contains('\0', StringComparison.Ordinal))
        {
            throw new CheckpointException(_path, $"the file name {name}", "a plain name inside the folder",
                "An index that points out of its folder is not trusted.");
        }

        return Path.Combine(_path, name);
    }
}
