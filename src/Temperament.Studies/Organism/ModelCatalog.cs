using Temperament.Models.Checkpoints;

namespace Temperament.Studies.Organism;

/// <summary>Finds models by what a user types: the embedded ones by name, all others by path.</summary>
public static class ModelCatalog
{
    /// <summary>Names of the models that come with the tool.</summary>
    public static IReadOnlyList<string> Embedded { get; } = ["organism", "organism-twin"];

    /// <summary>Opens a model.</summary>
    /// <param name="model">Name of an embedded model, a folder or a GGUF file.</param>
    /// <param name="folder">Folder from which a relative path counts; null for the current one.</param>
    /// <exception cref="CheckpointException">There is no such model.</exception>
    public static ModelSource Open(string model, string? folder = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(model);
        if (Embedded.Contains(model))
        {
            return new HuggingFaceSource(new EmbeddedCheckpoint(model));
        }

        return ModelSource.Open(folder is null || Path.IsPathRooted(model) ? model : Path.Combine(folder, model));
    }
}
