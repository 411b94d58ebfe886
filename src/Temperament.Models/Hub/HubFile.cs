namespace Temperament.Models.Hub;

/// <summary>A file of a model as the hub lists it.</summary>
/// <param name="Name">Name in the repository.</param>
/// <param name="Size">Size in bytes.</param>
/// <param name="Hash">SHA-256 of a large file, SHA-1 of git's object of a small one; lower-case hexadecimal. Also its name in the cache.</param>
/// <param name="IsLarge">Whether it is a large file, kept outside of git.</param>
public sealed record HubFile(string Name, long Size, string Hash, bool IsLarge);

/// <summary>The files of a model at one commit.</summary>
/// <param name="Name">The model.</param>
/// <param name="Commit">The commit.</param>
/// <param name="Files">All files.</param>
public sealed record HubListing(HubName Name, string Commit, IReadOnlyList<HubFile> Files)
{
    // What a model needs besides its weights, of what repositories hold.
    private static readonly string[] TextNames =
    [
        "config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json", "tokenizer.model", "special_tokens_map.json", "added_tokens.json",
        "chat_template.jinja", "vocab.json", "merges.txt", "vocab.txt", "modules.json", "adapter_config.json", "persona.json",
    ];

    /// <summary>The files that are fetched: texts and safetensors, or the one file that was asked for.</summary>
    /// <param name="only">Name of a single file, a GGUF file for one; null for the whole model.</param>
    /// <exception cref="HubException">There is no such file, or no weights that are read here.</exception>
    public IReadOnlyList<HubFile> Needed(string? only)
    {
        if (only is not null)
        {
            return Files.FirstOrDefault(file => file.Name == only && !Checkpoints.Pickles.IsNamed(only)) is { } one
                ? [one]
                : throw new HubException($"{Name}/{only}", "no file of this name that can be read", $"The model has {string.Join(", ", Shown(_ => true))}.");
        }

        bool Weights(HubFile file) => file.Name.EndsWith(".safetensors", StringComparison.Ordinal) && !file.Name.Contains('/', StringComparison.Ordinal);
        bool whole = Files.Any(file => file.Name is "model.safetensors" or "model.safetensors.index.json" or "adapter_model.safetensors");
        HubFile[] needed = [.. Files.Where(file => TextNames.Contains(file.Name)
            || (Weights(file) && (file.Name.StartsWith("model", StringComparison.Ordinal) || file.Name.StartsWith("adapter_model", StringComparison.Ordinal)))
            || file.Name == "model.safetensors.index.json")];
        if (whole)
        {
            // Where one file and its shards lie side by side, the one file is enough.
            return needed.Any(file => file.Name == "model.safetensors")
                ? [.. needed.Where(file => !file.Name.StartsWith("model-", StringComparison.Ordinal) && file.Name != "model.safetensors.index.json")]
                : needed;
        }

        string[] gguf = Shown(file => file.Name.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase));
        string[] pickles = Shown(file => Checkpoints.Pickles.IsNamed(file.Name));
        throw gguf.Length > 0
            ? new HubException(Name.ToString(), $"no safetensors, and {gguf.Length} GGUF files", $"Name one with --file: {string.Join(", ", gguf)}.")
            : new HubException(Name.ToString(), pickles.Length > 0 ? $"no safetensors, only {string.Join(", ", pickles)}" : "no weights",
                "A pickle can run code when it is read, so it is never fetched; look for a revision or a copy of the model in safetensors.");
    }

    private string[] Shown(Func<HubFile, bool> which)
    {
        const int Most = 20;
        string[] names = [.. Files.Where(which).Select(file => file.Name)];
        return names.Length <= Most ? names : [.. names.Take(Most), "…"];
    }
}
