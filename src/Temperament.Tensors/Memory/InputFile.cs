namespace Temperament.Tensors.Memory;

/// <summary>
/// Opens files that a person names. What is no file is refused before it is read: a folder; a device, which may never end; a named pipe, which may
/// never begin. A pipe that is open already, as /dev/stdin and what a shell puts in the place of &lt;(…), is read once from start to end.
/// </summary>
public static class InputFile
{
    private const int Part = 1 << 16;

    /// <summary>Opens a file for reading.</summary>
    /// <param name="path">File.</param>
    /// <exception cref="InputFileException">There is none, it is something else, or it may not be read.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static FileStream Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Refuse(path);
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InputFileException(path, "nothing, since there is no such file", $"Check the path; it is read from {Environment.CurrentDirectory}.", error);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new InputFileException(path, "nothing, since this user may not read it", "Give a file that you may read, or change its permissions.", error);
        }
    }

    /// <summary>Opens a file that is read in any order, or more than once.</summary>
    /// <param name="path">File.</param>
    /// <exception cref="InputFileException">There is none, it is something else, or it may not be read.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static FileStream OpenSeekable(string path)
    {
        FileStream stream = Open(path);
        if (stream.CanSeek)
        {
            return stream;
        }

        stream.Dispose();
        throw new InputFileException(path, "a pipe", "It is read more than once: write what goes through the pipe into a file.");
    }

    /// <summary>All bytes of a file.</summary>
    /// <param name="path">File.</param>
    /// <param name="most">Most bytes that it may have.</param>
    /// <exception cref="InputFileException">There is none, it is something else, may not be read, or is larger.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static byte[] ReadAll(string path, int most)
    {
        using FileStream stream = Open(path);
        if (stream.CanSeek && stream.Length > most)
        {
            throw TooLarge(path, most);
        }

        using var all = new MemoryStream(stream.CanSeek ? (int)stream.Length : 0);
        var part = new byte[Part];
        for (int read; (read = stream.Read(part)) > 0;)
        {
            if (all.Length + read > most)
            {
                throw TooLarge(path, most);
            }

            all.Write(part, 0, read);
        }

        return all.TryGetBuffer(out ArraySegment<byte> whole) && whole.Count == whole.Array!.Length ? whole.Array : all.ToArray();
    }

    /// <summary>Refuses what is no file; what does not exist passes.</summary>
    /// <param name="path">Path.</param>
    /// <exception cref="InputFileException">It is a folder, a device, a socket, or a pipe that is not open yet.</exception>
    public static void Refuse(string path)
    {
        if (Directory.Exists(path))
        {
            throw new InputFileException(path, "a folder", "Give a file in it.");
        }

        switch (FileKinds.Of(path))
        {
            case FileKind.Device:
                throw new InputFileException(path, "a device", "A device has no end. Copy what it gives into a file.");
            case FileKind.Socket:
                throw new InputFileException(path, "a socket", "Copy what it gives into a file.");
            case FileKind.Pipe when !IsOpen(path):
                throw new InputFileException(path, "a named pipe", "It may wait for its writer for ever. Write what goes through it into a file.");
        }
    }

    private static bool IsOpen(string path) => Path.GetFullPath(path) is var full
        && (full.StartsWith("/dev/fd/", StringComparison.Ordinal) || full.StartsWith("/proc/", StringComparison.Ordinal) || full == "/dev/stdin");

    private static InputFileException TooLarge(string path, int most) =>
        new(path, $"more than {most:N0} bytes", "This is not the file that it is taken for.");
}
