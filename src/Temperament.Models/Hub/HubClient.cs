using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Temperament.Models.Hub;

/// <summary>
/// Fetches models over the public interface of the Hugging Face hub into its standard cache: what was begun is taken up again, sizes and
/// hashes are checked, and a file has its name only when it is whole. https://huggingface.co/docs/hub/api
/// </summary>
public sealed class HubClient
{
    private const int Buffer = 1 << 18;
    private const int MostListing = 1 << 26;
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(0.5);

    private readonly HubSettings _settings;
    private readonly HubRequests _requests;
    private readonly HubCache _cache;
    private readonly Func<TimeSpan, CancellationToken, Task> _wait;
    private readonly Action<string>? _say;

    /// <summary>Makes a client.</summary>
    /// <param name="http">How the hub is reached; stays the caller's.</param>
    /// <param name="settings">Where the hub and the cache are.</param>
    /// <param name="say">Told in words what is waited for; null for nobody.</param>
    public HubClient(HttpClient http, HubSettings settings, Action<string>? say = null)
        : this(http, settings, Task.Delay, say)
    {
    }

    internal HubClient(HttpClient http, HubSettings settings, Func<TimeSpan, CancellationToken, Task> wait, Action<string>? say = null)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(settings);
        (_settings, _wait, _say, _cache) = (settings, wait, say, new HubCache(settings.Cache));
        _requests = new HubRequests(http, settings, wait, say);
    }

    /// <summary>Lists the files of a model.</summary>
    /// <param name="name">The model.</param>
    /// <param name="cancellation">Stops.</param>
    /// <exception cref="HubException">There is no such model, or the hub does not answer.</exception>
    public async Task<HubListing> ListAsync(HubName name, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (_settings.IsOffline)
        {
            throw new HubException(name.ToString(), "HF_HUB_OFFLINE is set", "Unset it to fetch models.");
        }

        string path = $"api/models/{name.Repository}/revision/{Uri.EscapeDataString(name.Revision)}?blobs=true";
        byte[] json = await _requests.GetAsync(path, () => 0, (response, heard, stop) => ReadSmallAsync(path, response, heard, stop), cancellation).ConfigureAwait(false);
        return HubListingJson.Read(new Uri(_settings.Endpoint, path).ToString(), name, json);
    }

    /// <summary>Fetches the files that are not in the cache yet.</summary>
    /// <param name="listing">The model at one commit.</param>
    /// <param name="files">Some of its files.</param>
    /// <param name="progress">Told how many bytes of a file are there; null for nobody.</param>
    /// <param name="cancellation">Stops; what was fetched stays for the next time.</param>
    /// <returns>The folder of the files.</returns>
    /// <exception cref="HubException">The hub does not answer, or answers with other bytes than it listed.</exception>
    public async Task<string> FetchAsync(HubListing listing, IReadOnlyList<HubFile> files, Action<HubFile, long>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(listing);
        ArgumentNullException.ThrowIfNull(files);
        foreach (HubFile file in files)
        {
            if (!_cache.Has(listing.Name, listing.Commit, file))
            {
                using FileStream held = await LockAsync(_cache.Lock(listing.Name, file), file.Name, cancellation).ConfigureAwait(false);
                if (new FileInfo(_cache.Blob(listing.Name, file)) is not { Exists: true } blob || blob.Length != file.Size)
                {
                    await FetchAsync(listing, file, progress, cancellation).ConfigureAwait(false);
                }

                _cache.Link(listing.Name, listing.Commit, file);
            }

            progress?.Invoke(file, file.Size);
        }

        _cache.Refer(listing.Name, listing.Commit);
        return _cache.Find(listing.Name with { Revision = listing.Commit })!;
    }

    private async Task FetchAsync(HubListing listing, HubFile file, Action<HubFile, long>? progress, CancellationToken cancellation)
    {
        string blob = _cache.Blob(listing.Name, file), partial = blob + ".incomplete";
        string path = $"{listing.Name.Repository}/resolve/{listing.Commit}/{string.Join('/', file.Name.Split('/').Select(Uri.EscapeDataString))}";
        Directory.CreateDirectory(Path.GetDirectoryName(blob)!);
        for (int round = 0; ; round++)
        {
            using (var target = new FileStream(partial, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read))
            {
                if (target.Length > file.Size)
                {
                    target.SetLength(0);
                }

                target.Position = target.Length;
                while (target.Position < file.Size)
                {
                    await _requests.GetAsync(path, () => target.Position, async (response, heard, stop) =>
                    {
                        await ReceiveAsync(response, target, file, progress, heard, stop).ConfigureAwait(false);
                        return true;
                    }, cancellation).ConfigureAwait(false);
                }

                target.Flush(flushToDisk: true);
            }

            string found = Hash(partial, file);
            if (found == file.Hash)
            {
                File.Move(partial, blob, overwrite: true);
                return;
            }

            // A wrong part may be left from an interrupted run; a whole new copy with a wrong hash is the hub's fault.
            File.Delete(partial);
            if (round > 0)
            {
                throw new HubException(new Uri(_settings.Endpoint, path).ToString(), $"{file.Name} has the hash {found}, and the hub lists {file.Hash}",
                    "Nothing of it was kept. Something between the hub and this machine changes the file.");
            }
        }
    }

    private static async Task ReceiveAsync(HttpResponseMessage response, FileStream target, HubFile file, Action<HubFile, long>? progress, Action heard, CancellationToken cancellation)
    {
        long start = response.StatusCode == HttpStatusCode.PartialContent ? response.Content.Headers.ContentRange?.From ?? -1 : 0;
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable || start != target.Position)
        {
            // The whole file comes, or a part that does not fit: begin anew.
            target.SetLength(0);
            if (start != 0)
            {
                throw new IOException("the hub sent another part than was asked for");
            }
        }

        using Stream body = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        byte[] buffer = new byte[Buffer];
        int read;
        while ((read = await body.ReadAsync(buffer, cancellation).ConfigureAwait(false)) > 0)
        {
            heard();
            if (target.Position + read > file.Size)
            {
                target.SetLength(0);
                throw new IOException($"more than the {file.Size} bytes that the hub lists");
            }

            await target.WriteAsync(buffer.AsMemory(0, read), cancellation).ConfigureAwait(false);
            progress?.Invoke(file, target.Position);
        }

        if (target.Position < file.Size)
        {
            throw new IOException($"the connection ended at byte {target.Position} of {file.Size}");
        }
    }

    private static string Hash(string path, HubFile file)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(file.IsLarge ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA1);
        using FileStream stream = File.OpenRead(path);
        if (!file.IsLarge)
        {
            hash.AppendData(Encoding.ASCII.GetBytes($"blob {stream.Length}\0"));
        }

        byte[] buffer = new byte[Buffer];
        int read;
        while ((read = stream.Read(buffer)) > 0)
        {
            hash.AppendData(buffer, 0, read);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static async Task<byte[]> ReadSmallAsync(string path, HttpResponseMessage response, Action heard, CancellationToken cancellation)
    {
        using Stream body = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        using var all = new MemoryStream();
        byte[] buffer = new byte[1 << 16];
        int read;
        while ((read = await body.ReadAsync(buffer, cancellation).ConfigureAwait(false)) > 0)
        {
            heard();
            if (all.Length + read > MostListing)
            {
                throw new HubException(path, $"a list of more than {MostListing} bytes", "This is no hub.");
            }

            all.Write(buffer, 0, read);
        }

        return all.ToArray();
    }

    // The lock that the Python tools take too: one process fetches a file, the others wait and find it there.
    private async Task<FileStream> LockAsync(string path, string name, CancellationToken cancellation)
    {
        bool said = false;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(path))
            {
                if (!said)
                {
                    said = true;
                    _say?.Invoke($"another process fetches {name}: waiting for it ({path} is locked)");
                }

                await _wait(Poll, cancellation).ConfigureAwait(false);
            }
        }
    }
}
