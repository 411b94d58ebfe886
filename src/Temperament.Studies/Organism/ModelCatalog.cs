using Temperament.Models.Checkpoints;
using Temperament.Models.Hub;
using Temperament.Models.Text;

namespace Temperament.Studies.Organism;

/// <summary>Finds models by what a user types: the embedded ones by name, all others by path.</summary>
public static class ModelCatalog
{
    /// <summary>Names of the models that come with the tool.</summary>
    public static IReadOnlyList<string> Embedded { get; } = [.. OrganismFamily.Members.Select(member => member.Name)];

    /// <summary>The folder or file of a model: that of the hub cache for a name that is in it, else what was typed.</summary>
    /// <param name="model">Name of an embedded model, a folder, a GGUF file, or OWNER/NAME of the hub cache.</param>
    public static string Locate(string model)
    {
        ArgumentException.ThrowIfNullOrEmpty(model);
        return !Embedded.Contains(model) && !Path.Exists(model) && HubName.TryParse(model, out HubName? name)
            ? new HubCache(HubSettings.OfProcess().Cache).Find(name) ?? model
            : model;
    }

    /// <summary>Opens a model.</summary>
    /// <param name="model">Name of an embedded model, a folder, a GGUF file, or OWNER/NAME of the hub cache.</param>
    /// <param name="folder">Folder from which a relative path counts; null for the current one.</param>
    /// <exception cref="CheckpointException">There is no such model.</exception>
    public static ModelSource Open(string model, string? folder = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(model);
        if (Embedded.Contains(model))
        {
            return new HuggingFaceSource(new EmbeddedCheckpoint(model));
        }

        string path = folder is null || Path.IsPathRooted(model) ? model : Path.Combine(folder, model);
        if (File.Exists(path) || Directory.Exists(path))
        {
            return ModelSource.Open(path);
        }

        if (HubName.TryParse(model, out HubName? name))
        {
            return new HubCache(HubSettings.OfProcess().Cache).Open(name);
        }

        throw new CheckpointException(model, "nothing", $"a folder, a .gguf file, OWNER/NAME of the hub cache, {string.Join(", ", Embedded.Take(Embedded.Count - 1))} or {Embedded[^1]}",
            NearestWord.Find(model, Embedded) is { } near ? $"Did you mean \"{near}\"?" : "Check the path.");
    }
}
