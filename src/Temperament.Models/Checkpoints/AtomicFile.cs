namespace Temperament.Models.Checkpoints;

/// <summary>Writes a file so that its path holds either the old content or the whole new one, whenever the process is killed.</summary>
public static class AtomicFile
{
    /// <summary>Writes under a temporary name in the same folder, flushes to the disk and renames.</summary>
    /// <param name="path">File.</param>
    /// <param name="write">Writes the content.</param>
    /// <exception cref="CheckpointException">The folder of the file is not there.</exception>
    public static void Write(string path, Action<Stream> write) => Begin(path, write).Finish();

    /// <summary>Writes under a temporary name in the same folder. The path has the content once the file is finished.</summary>
    /// <param name="path">File.</param>
    /// <param name="write">Writes the content.</param>
    /// <exception cref="CheckpointException">The folder of the file is not there.</exception>
    public static UnfinishedFile Begin(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        string folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? path;
        if (!Directory.Exists(folder))
        {
            throw new CheckpointException(path, $"no folder {folder}", "a folder to write into", "Make it first, or check the path.");
        }

        string temporary = $"{path}.{Environment.ProcessId}.partial";
        FileStream? stream = null;
        try
        {
            stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16);
            write(stream);
            stream.Flush();
            return new UnfinishedFile(stream, temporary, path);
        }
        catch
        {
            Discard(stream, temporary);
            throw;
        }
    }

    /// <summary>Writes bytes.</summary>
    /// <param name="path">File.</param>
    /// <param name="content">The whole content.</param>
    public static void Write(string path, ReadOnlyMemory<byte> content) => Write(path, stream => stream.Write(content.Span));

    // A stream that could not write tries once more when it is closed; the file goes all the same.
    private static void Discard(FileStream? stream, string temporary)
    {
        try
        {
            stream?.Dispose();
        }
        catch (IOException)
        {
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
