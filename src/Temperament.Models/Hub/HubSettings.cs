using System.Globalization;

namespace Temperament.Models.Hub;

/// <summary>Where the hub and its cache are, by the variables that the Python tools read.</summary>
public sealed record HubSettings
{
    private const string DefaultEndpoint = "https://huggingface.co";

    private static readonly TimeSpan DefaultSilence = TimeSpan.FromSeconds(30);

    /// <summary>Address of the hub; HF_ENDPOINT.</summary>
    public required Uri Endpoint { get; init; }

    /// <summary>Folder of the cache; HF_HUB_CACHE, or "hub" in HF_HOME.</summary>
    public required string Cache { get; init; }

    /// <summary>Token of the user; HF_TOKEN, or the file that the Python tools leave. Null for none.</summary>
    public string? Token { get; init; }

    /// <summary>Whether the network must not be used; HF_HUB_OFFLINE.</summary>
    public bool IsOffline { get; init; }

    /// <summary>How long the hub may say nothing before a request is given up and made again; HF_HUB_DOWNLOAD_TIMEOUT in seconds.</summary>
    public TimeSpan Silence { get; init; } = DefaultSilence;

    /// <summary>Reads the variables of this process.</summary>
    public static HubSettings OfProcess() => Of(Environment.GetEnvironmentVariable);

    /// <summary>Reads the variables.</summary>
    /// <param name="variable">Gives the value of a variable; null where it is not set.</param>
    public static HubSettings Of(Func<string, string?> variable)
    {
        ArgumentNullException.ThrowIfNull(variable);
        string? Get(string name) => variable(name) is { Length: > 0 } value ? value : null;
        string user = Get("XDG_CACHE_HOME") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        string home = Get("HF_HOME") ?? Path.Combine(user, "huggingface");
        string tokenFile = Get("HF_TOKEN_PATH") ?? Path.Combine(home, "token");
        string? token = Get("HF_TOKEN") ?? Get("HUGGING_FACE_HUB_TOKEN") ?? (File.Exists(tokenFile) ? File.ReadAllText(tokenFile) : null);
        return new HubSettings
        {
            Endpoint = new Uri((Get("HF_ENDPOINT") ?? DefaultEndpoint).TrimEnd('/') + "/"),
            Cache = Get("HF_HUB_CACHE") ?? Get("HUGGINGFACE_HUB_CACHE") ?? Path.Combine(home, "hub"),
            Token = token?.Trim() is { Length: > 0 } trimmed ? trimmed : null,
            Silence = int.TryParse(Get("HF_HUB_DOWNLOAD_TIMEOUT"), NumberStyles.None, CultureInfo.InvariantCulture, out int seconds) && seconds is > 0 and < 100_000
                ? TimeSpan.FromSeconds(seconds)
                : DefaultSilence,
            IsOffline = Get("HF_HUB_OFFLINE")?.ToUpperInvariant() is "1" or "TRUE" or "YES" or "ON",
        };
    }
}
