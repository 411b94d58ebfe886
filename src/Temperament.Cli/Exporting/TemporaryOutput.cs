using Temperament.Cli.Options;

namespace Temperament.Cli.Exporting;

/// <summary>An output that is written under a temporary name, and takes its own name only when it is proved; else nothing of it stays.</summary>
internal sealed class TemporaryOutput : IDisposable
{
    private readonly ExportTarget _target;

    public TemporaryOutput(ExportTarget target)
    {
        _target = target;
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(target.Path)!);
        Path = target.Temporary;
        Record = Path + ".replay.json";
    }

    /// <summary>The temporary name.</summary>
    public string Path { get; }

    /// <summary>A file beside it for the record that the replay is compared with.</summary>
    public string Record { get; }

    /// <summary>Gives the output its own name.</summary>
    public void Keep()
    {
        if (_target.IsGguf)
        {
            File.Move(Path, _target.Path);
        }
        else
        {
            Directory.Move(Path, _target.Path);
        }
    }

    /// <summary>Size of what was written.</summary>
    public long Bytes => File.Exists(Path) ? new FileInfo(Path).Length
        : Directory.Exists(Path) ? new DirectoryInfo(Path).EnumerateFiles().Sum(file => file.Length) : 0;

    public void Dispose()
    {
        File.Delete(Record);
        File.Delete(Path);
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }
}
