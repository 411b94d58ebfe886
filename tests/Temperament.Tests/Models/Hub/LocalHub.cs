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

    private readonly HttpListener _listener = new();
    private readonly Dictionary<string, byte[]> _files = new(StringComparer.Ordinal);
    private readonly HashSet<string> _large = new(StringComparer.Ordinal);
    private readonly Task _loop;

    public LocalHub()
    {
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            Endpoint = new Uri($"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/");
        }

        _listener.Prefixes.Add(Endpoint.ToString());
        _listener.Start();
        _loop = Task.Run(Serve);
    }

    public Uri Endpoint { get; }

    /// <summary>Every request: path, range and authorization.</summary>
    public List<(string Path, string? Range, string? Token)> Requests { get; } = [];

    /// <summary>Faults for the next requests for files, each a status, "cut N" after N bytes, "slow", "ignore-range" or "wrong".</summary>
    public Queue<string> Faults { get; } = new();

    /// <summary>Faults for the next requests for the list.</summary>
    public Queue<string> ListFaults { get; } = new();

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
        _listener.Close();
        _loop.Wait();
    }

    private void Serve()
    {
        try
        {
            while (true)
            {
                Answer(_listener.GetContext());
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException)
        {
            // The listener was closed.
        }
    }

    private void Answer(HttpListenerContext context)
    {
        try
        {
            HttpListenerRequest request = context.Request;
            string path = request.Url!.AbsolutePath;
            Requests.Add((path, request.Headers["Range"], request.Headers["Authorization"]));
            if (Token is not null && !path.StartsWith("/cdn/", StringComparison.Ordinal) && request.Headers["Authorization"] != $"Bearer {Token}")
            {
                Status(context, 401);
            }
            else if (path == "/api/models/someone/model/revision/main" || path == $"/api/models/someone/model/revision/{Commit}")
            {
                List(context);
            }
            else if (path.StartsWith($"/someone/model/resolve/{Commit}/", StringComparison.Ordinal))
            {
                string name = path[$"/someone/model/resolve/{Commit}/".Length..];
                if (_large.Contains(name))
                {
                    context.Response.Redirect($"{Endpoint}cdn/{name}?signed=1");
                    context.Response.Close();
                }
                else
                {
                    Send(context, name);
                }
            }
            else if (path.StartsWith("/cdn/", StringComparison.Ordinal))
            {
                Send(context, path["/cdn/".Length..]);
            }
            else
            {
                Status(context, 404);
            }
        }
        catch (Exception e) when (e is HttpListenerException or IOException)
        {
            // The client hung up.
        }
    }

    private void List(HttpListenerContext context)
    {
        if (ListFaults.TryDequeue(out string? fault))
        {
            Status(context, int.Parse(fault, System.Globalization.CultureInfo.InvariantCulture));
            return;
        }

        byte[] body = JsonSerializer.SerializeToUtf8Bytes(new
        {
            id = "someone/model",
            sha = Commit,
            siblings = _files.Select(file => _large.Contains(file.Key)
                ? (object)new { rfilename = file.Key, size = file.Value.Length, blobId = HashOf(file.Value, false), lfs = new { sha256 = HashOf(file.Value, true), size = file.Value.Length } }
                : new { rfilename = file.Key, size = file.Value.Length, blobId = HashOf(file.Value, false) }).ToArray(),
        });
        context.Response.OutputStream.Write(body);
        context.Response.Close();
    }

    private void Send(HttpListenerContext context, string name)
    {
        if (!_files.TryGetValue(name, out byte[]? content))
        {
            Status(context, 404);
            return;
        }

        Faults.TryDequeue(out string? fault);
        string? range = fault == "ignore-range" ? null : context.Request.Headers["Range"];
        int start = range is null ? 0 : int.Parse(range["bytes=".Length..^1], System.Globalization.CultureInfo.InvariantCulture);
        if (fault is not null && char.IsAsciiDigit(fault[0]))
        {
            Status(context, int.Parse(fault, System.Globalization.CultureInfo.InvariantCulture));
            return;
        }

        HttpListenerResponse response = context.Response;
        response.StatusCode = start > 0 ? 206 : 200;
        if (start > 0)
        {
            response.Headers["Content-Range"] = $"bytes {start}-{content.Length - 1}/{content.Length}";
        }

        byte[] part = content[start..];
        if (fault == "wrong")
        {
            part[^1] ^= 1;
        }

        response.ContentLength64 = part.Length;
        if (fault is not null && fault.StartsWith("cut ", StringComparison.Ordinal))
        {
            int bytes = int.Parse(fault["cut ".Length..], System.Globalization.CultureInfo.InvariantCulture);
            response.OutputStream.Write(part, 0, Math.Min(bytes, part.Length));
            response.OutputStream.Flush();
            response.Abort();
            return;
        }

        for (int at = 0; at < part.Length; at += 1000)
        {
            response.OutputStream.Write(part, at, Math.Min(1000, part.Length - at));
            if (fault == "slow" && at % 20_000 == 0)
            {
                response.OutputStream.Flush();
                Thread.Sleep(5);
            }
        }

        response.Close();
    }

    private static void Status(HttpListenerContext context, int status)
    {
        context.Response.StatusCode = status;
        if (status == 429)
        {
            context.Response.Headers["Retry-After"] = "7";
        }

        context.Response.Close();
    }
}
