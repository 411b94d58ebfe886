using Temperament.Models.Hub;

namespace Temperament.Methods.Adapters;

/// <summary>
/// The name under which an adapter remembers its base: what anybody can find, and no path of the machine that trained it. The hashes of the passport
/// say which weights they were.
/// </summary>
public static class BaseName
{
    private const string CacheFolder = "models--", Snapshots = "snapshots";

    /// <summary>OWNER/NAME of a model of the hub, also where it lies in the hub's cache; else the name of the folder or file, or of the embedded model.</summary>
    /// <param name="model">What was given as the model.</param>
    public static string Of(string model)
    {
        ArgumentException.ThrowIfNullOrEmpty(model);
        string[] parts = model.Split(['/', '\\'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        int cached = Array.FindIndex(parts, part => part.StartsWith(CacheFolder, StringComparison.Ordinal));
        if (cached >= 0 && cached + 1 < parts.Length && parts[cached + 1] == Snapshots)
        {
            return parts[cached][CacheFolder.Length..].Replace("--", "/", StringComparison.Ordinal);
        }

        bool isPath = Path.IsPathRooted(model) || Path.Exists(model) || !HubName.TryParse(model, out _);
        return !isPath ? model : parts.LastOrDefault(part => part is not ("." or "..")) ?? "model";
    }
}
