namespace Temperament.Tensors.Diagnostics;

/// <summary>Small files in which the system tells of itself. What cannot be read is as if it were empty.</summary>
internal static class SystemFile
{
    /// <summary>All lines of a file.</summary>
    public static string[] Lines(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllLines(path) : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>The first line of a file.</summary>
    public static string Line(string path) => Lines(path) is [string first, ..] ? first.Trim() : "";
}
