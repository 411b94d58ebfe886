namespace Temperament.Models.Checkpoints;

/// <summary>A file whose content was handed to the system and has yet to reach the disk.</summary>
public sealed class UnfinishedFile
{
    private readonly FileStream _stream;
    private readonly string _temporary;
    private readonly string _path;

    internal UnfinishedFile(FileStream stream, string temporary, string path) => (_stream, _temporary, _path) = (stream, temporary, path);

    /// <summary>Waits until the disk has the content, and gives the file its name. Once, on any thread.</summary>
    public void Finish()
    {
        try
        {
            using (_stream)
            {
                _stream.Flush(flushToDisk: true);
            }

            File.Move(_temporary, _path, overwrite: true);
        }
        catch
        {
            File.Delete(_temporary);
            throw;
        }
    }
}
