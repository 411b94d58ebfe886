namespace Temperament.Models.Checkpoints;

/// <summary>The files of a checkpoint, wherever they are kept.</summary>
public interface ICheckpointFiles
{
    /// <summary>Whether there is a file of this name.</summary>
    /// <param name="name">Plain file name.</param>
    bool Exists(string name);

    /// <summary>The whole content of a small file.</summary>
    /// <param name="name">Plain file name.</param>
    /// <exception cref="CheckpointException">The file is missing, unreadable or too large to be read at once.</exception>
    ReadOnlyMemory<byte> ReadAll(string name);

    /// <summary>Opens a file of weights; the caller disposes of it.</summary>
    /// <param name="name">Plain file name.</param>
    /// <exception cref="CheckpointException">The file is missing or damaged.</exception>
    SafetensorsFile OpenSafetensors(string name);

    /// <summary>Where a file is, for messages.</summary>
    /// <param name="name">Plain file name; empty for the checkpoint itself.</param>
    string Describe(string name);
}
