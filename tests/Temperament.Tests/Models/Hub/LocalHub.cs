using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Temperament.Tests.Models.Hub;

/// <summary>A server on this machine that plays the hub: lists, redirects, ranges, and faults that are planted for the next requests.</summary>
internal sealed class LocalHub : IDisposable
{
    public const string Commit = "0123456789abcdef0123456789abcdef01234567";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Dictionary<string, byte[]> _files = new(StringComparer.Ordinal);
    private readonly HashSet<string> _large = new(StringComparer.Ordinal);
    private readonly Task _loop;
    private readonly ManualResetEventSlim _ended = new();

    public LocalHub()
    {
        _listener.Start();
        Endpoint = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");
        _loop = Task.Factory.StartNew(Serve, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public Uri Endpoint { get; }

    /// <summary>Every request: path, range and authorization.</summary>
    public List<(string Path, string? Range, string? Token)> Requests { get; } = [];

    /// <summary>Faults for the next requests for files, each a status, "cut N" after N bytes, "stall N" after N bytes until <see cref="Dispose"/>, "slow", "ignore-range" or "wrong".</summary>
    public Queue<string> Faults { get; } = new();

    /// <summary>Faults for the next requests for the list, each a status or "silence".</summary>
    public Queue<string> ListFaults { get; } = new();

    /// <summary>Seconds that "429" asks for.</summary>
    public int RetryAfter { get; set; } = 7;

    /// <summary>Token that is asked for; null for none.</summary>
    public string? Token { get; set; }

    public void Add(string name, byte[] content, bool large)
    {
        _files[name] = content;
        if (large)
        {
            _large.Add(name);
        }
    }

    public static string HashOf(byte[] content, bool large)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(large ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA1);
        if (!large)
        {
            hash.AppendData(Encoding.ASCII.GetBytes($"blob {content.Length}\0"));
        }

        hash.AppendData(content);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    public void Dispose()
    {
        _ended.Set();
        _listener.Stop();
        _loop.Wait();
        _ended.Dispose();
    }

    private void Serve()
    {
        try
        {
            while (true)
            {
                TcpClient client = _listener.AcceptTcpClient();
                _ = Task.Factory.StartNew(() => Answer(client), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The listener was stopped.
        }
    }

    private void Answer(TcpClient client)
    {
        using TcpClient connection = client;
        try
        {
            var exchange = new LocalExchange(connection.GetStream());
            if (!exchange.Read())
            {
                return;
            }

            string path = exchange.Path;
            lock (Requests)
            {
                Requests.Add((path, exchange.Header("Range"), exchange.Header("Authorization")));
            }

            if (Token is not null && !path.StartsWith("/cdn/", StringComparison.Ordinal) && exchange.Header("Authorization") != $"Bearer {Token}")
            {
                exchange.Reply(401);
            }
            else if (path == "/api/models/someone/model/revision/main" || path == $"/api/models/someone/model/revision/{Commit}")
            {
                List(exchange);
            }
            else if (path.StartsWith($"/someone/model/resolve/{Commit}/", StringComparison.Ordinal))
            {
                string name = path[$"/someone/model/resolve/{Commit}/".Length..];
                if (_large.Contains(name))
                {
                    exchange.Reply(302, $"Location: {Endpoint}cdn/{name}?signed=1");
                }
                else
                {
                    Send(exchange, name);
                }
            }
            else if (path.StartsWith("/cdn/", StringComparison.Ordinal))
            {
                Send(exchange, path["/cdn/".Length..]);
            }
            else
            {
                exchange.Reply(404);
            }
        }
        catch (IOException)
        {
            // The client hung up.
        }
    }

    private void List(LocalExchange exchange)
    {
        if (ListFaults.TryDequeue(out string? fault))
        {
            Status(exchange, fault);
            return;
        }

        exchange.Reply(200, "", JsonSerializer.SerializeToUtf8Bytes(new
        {
            id = "someone/model",
            sha = Commit,
            siblings = _files.Select(file => _large.Contains(file.Key)
                ? (object)new { rfilename = file.Key, size = file.Value.Length, blobId = HashOf(file.Value, false), lfs = new { sha256 = HashOf(file.Value, true), size = file.Value.Length } }
                : new { rfilename = file.Key, size = file.Value.Length, blobId = HashOf(file.Value, false) }).ToArray(),
        }));
    }

    private void Send(LocalExchange exchange, string name)
    {
        if (!_files.TryGetValue(name, out byte[]? content))
        {
            exchange.Reply(404);
            return;
        }

        Faults.TryDequeue(out string? fault);
        if (fault is not null && char.IsAsciiDigit(fault[0]))
        {
            Status(exchange, fault);
            return;
        }

        string? range = fault == "ignore-range" ? null : exchange.Header("Range");
        int start = range is null ? 0 : int.Parse(range["bytes=".Length..^1], CultureInfo.InvariantCulture);
        byte[] part = content[start..];
        if (fault == "wrong")
        {
            part[^1] ^= 1;
        }

        exchange.Begin(start > 0 ? 206 : 200, start > 0 ? $"Content-Range: bytes {start}-{content.Length - 1}/{content.Length}" : "", part.Length);
        int end = fault?.Split(' ') is [_, string bytes] ? Math.Min(part.Length, int.Parse(bytes, CultureInfo.InvariantCulture)) : part.Length;
        for (int at = 0; at < end; at += 1000)
        {
            exchange.Write(part.AsSpan(at, Math.Min(1000, end - at)));
            if (fault == "slow" && at % 20_000 == 0)
            {
                Thread.Sleep(5);
            }
        }

        if (fault?.StartsWith("stall ", StringComparison.Ordinal) == true)
        {
            _ended.Wait(TimeSpan.FromSeconds(30));
        }
    }

    private void Status(LocalExchange exchange, string status)
    {
        if (status == "silence")
        {
            _ended.Wait(TimeSpan.FromSeconds(30));
            return;
        }

        exchange.Reply(int.Parse(status, CultureInfo.InvariantCulture), status == "429" ? $"Retry-After: {RetryAfter}" : "");
    }
}
