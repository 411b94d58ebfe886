using Temperament.Models.Checkpoints;

namespace Temperament.Studies.Organism;

/// <summary>The files of a model that is embedded in this assembly, under "models/NAME/".</summary>
/// <param name="name">Name of the model.</param>
internal sealed class EmbeddedCheckpoint(string name) : ICheckpointFiles
{
    /// <inheritdoc/>
    public bool Exists(string file)
    {
        using Stream? stream = Open(file);
        return stream is not null;
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> ReadAll(string file)
    {
        using Stream stream = Open(file)
            ?? throw new CheckpointException(Describe(file), "nothing", "a file of the embedded model", "This build of temper is incomplete.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    /// <inheritdoc/>
    public SafetensorsFile OpenSafetensors(string file) => SafetensorsFile.Parse(Describe(file), ReadAll(file));

    /// <inheritdoc/>
    public string Describe(string file) => file.Length == 0 ? name : $"{name} (embedded)/{file}";

    private Stream? Open(string file) => typeof(EmbeddedCheckpoint).Assembly.GetManifestResourceStream($"models/{name}/{file}");
}
