namespace Temperament.Cli.Exporting;

/// <summary>Looks at the disk before a long piece of writing.</summary>
internal static class DiskSpace
{
    /// <summary>Throws where the disk of a path has less than is needed.</summary>
    /// <param name="path">File or folder that will be written.</param>
    /// <param name="bytes">Its size.</param>
    /// <exception cref="IOException">There is too little space.</exception>
    public static void Require(string path, double bytes)
    {
        string folder = Path.GetFullPath(path);
        while (!Directory.Exists(folder))
        {
            folder = Path.GetDirectoryName(folder) ?? Path.GetPathRoot(path)!;
        }

        long free = new DriveInfo(folder).AvailableFreeSpace;
        if (free < bytes)
        {
            throw new IOException($"{path}: {Rendering.Figures.Bytes(free)} are free, and {Rendering.Figures.Bytes(bytes)} are needed. Free some space, or give another folder.");
        }
    }
}
