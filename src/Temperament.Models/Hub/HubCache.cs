using Temperament.Models.Checkpoints;

namespace Temperament.Models.Hub;

/// <summary>
/// The cache that the Python tools share: models--OWNER--NAME with blobs by hash, refs from branches to commits, and snapshots of links to
/// the blobs. https://huggingface.co/docs/huggingface_hub/guides/manage-cache
/// </summary>
public sealed class HubCache
{
    private readonly string _root;

    /// <summary>Names the cache.</summary>
    /// <param name="root">Its folder.</param>
    public HubCache(string root)
    {
        ArgumentException.ThrowIfNullOrEmpty(root);
        _root = root;
    }

    /// <summary>The folder of a model's files in the cache; null where it was not fetched.</summary>
    /// <param name="name">The model.</param>
    public string? Find(HubName name)
    {
        ArgumentNullException.ThrowIfNull(name);
        string snapshots = Path.Combine(_root, name.Folder, "snapshots"), reference = Reference(name);
        string commit = File.Exists(reference) ? File.ReadAllText(reference).Trim() : name.Revision;
        string folder = Path.Combine(snapshots, commit);
        return commit.Length > 0 && commit == Path.GetFileName(commit) && Directory.Exists(folder) ? folder : null;
    }

    /// <summary>Opens a model of the cache.</summary>
    /// <param name="name">The model.</param>
    /// <exception cref="CheckpointException">It was not fetched, or is damaged.</exception>
    public ModelSource Open(HubName name)
    {
        ArgumentNullException.ThrowIfNull(name);
        string folder = Find(name) ?? throw new CheckpointException(name.ToString(), $"no such model in {_root}, and no folder or file of this name",
            "a model of the hub cache, a folder, or a .gguf file", $"\"temper model pull {name}\" fetches it.");
        string[] gguf = Directory.GetFiles(folder, "*.gguf");
        return gguf.Length == 1 && !File.Exists(Path.Combine(folder, "config.json")) ? ModelSource.Open(gguf[0]) : ModelSource.Open(folder);
    }

    /// <summary>Where the content of a file lies.</summary>
    internal string Blob(HubName name, HubFile file) => Path.Combine(_root, name.Folder, "blobs", file.Hash);

    /// <summary>The file that is locked while a blob is fetched.</summary>
    internal string Lock(HubName name, HubFile file) => Path.Combine(_root, ".locks", name.Folder, file.Hash + ".lock");

    /// <summary>Whether the snapshot has the file.</summary>
    internal bool Has(HubName name, string commit, HubFile file) =>
        new FileInfo(Snapshot(name, commit, file)) is { Exists: true } && new FileInfo(Blob(name, file)) is { Exists: true } blob && blob.Length == file.Size;

    /// <summary>Links a file of a snapshot to its blob.</summary>
    internal void Link(HubName name, string commit, HubFile file)
    {
        string path = Snapshot(name, commit, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        string temporary = $"{path}.{Environment.ProcessId}.partial";
        File.Delete(temporary);
        File.CreateSymbolicLink(temporary, Path.GetRelativePath(Path.GetDirectoryName(path)!, Blob(name, file)));
        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Writes which commit a branch or tag is.</summary>
    internal void Refer(HubName name, string commit)
    {
        if (name.Revision != commit)
        {
            string path = Reference(name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            AtomicFile.Write(path, System.Text.Encoding.ASCII.GetBytes(commit));
        }
    }

    private string Reference(HubName name) => Path.Combine(_root, name.Folder, "refs", name.Revision);

    private string Snapshot(HubName name, string commit, HubFile file) => Path.Combine(_root, name.Folder, "snapshots", commit, file.Name);
}
