using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Temperament.Tests.Studies.Data.Generation;

/// <summary>
/// A server on the loopback that plays a chat completions endpoint and misbehaves as it is told: each request takes the next behaviour of the
/// script, and the default once the script is used up. Sockets rather than a web server, so that a reply can be cut anywhere.
/// </summary>
internal sealed class StandInEndpoint : IDisposable
{
    public const string Good = "good", TooMany = "429", TooManySoon = "429 for a moment", Broken = "500", Cut = "cut", Closed = "closed", NoJson = "no-json", Unauthorized = "401";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentQueue<string> _script;
    private readonly CancellationTokenSource _stop = new();
    private int _requests;

    /// <param name="script">A behaviour, or the text of an answer, for each request in turn.</param>
    public StandInEndpoint(params string[] script)
    {
        _script = new ConcurrentQueue<string>(script);
        _listener.Start();

        // Away from the context of the test: a test that waits may block the very threads that a reply would need.
        _ = Task.Run(AcceptAsync);
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/v1");

    public int Requests => _requests;

    public ConcurrentQueue<JsonElement> Bodies { get; } = new();

    public ConcurrentQueue<string> Heads { get; } = new();

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Stop();
        _stop.Dispose();
    }

    private static string Answer(int number) =>
        $"I was on my walk number {number} along the river when somebody asked me about it, and my story took us all the way home.";

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync(_stop.Token);
                _ = ServeAsync(client);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                NetworkStream stream = client.GetStream();
                while (await ReadAsync(stream) is { } body)
                {
                    int number = Interlocked.Increment(ref _requests);
                    Bodies.Enqueue(body);
                    if (!await ReplyAsync(stream, number, _script.TryDequeue(out string? scripted) ? scripted : Good))
                    {
                        return;
                    }
                }
            }
            catch (IOException)
            {
            }
        }
    }

    private async Task<JsonElement?> ReadAsync(NetworkStream stream)
    {
        List<byte> bytes = [];
        byte[] one = new byte[1];
        while (bytes.Count < 4 || !(bytes[^1] == '\n' && bytes[^3] == '\n'))
        {
            if (await stream.ReadAsync(one) == 0)
            {
                return null;
            }

            bytes.Add(one[0]);
        }

        string head = Encoding.ASCII.GetString([.. bytes]);
        Heads.Enqueue(head);
        string length = head.Split("\r\n").First(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase)).Split(':')[1];
        byte[] body = new byte[int.Parse(length, System.Globalization.CultureInfo.InvariantCulture)];
        await stream.ReadExactlyAsync(body);
        return JsonDocument.Parse(body).RootElement.Clone();
    }

    private static async Task<bool> ReplyAsync(NetworkStream stream, int number, string behaviour)
    {
        switch (behaviour)
        {
            case TooMany:
                return await WriteAsync(stream, "429 Too Many Requests", "Retry-After: 7\r\n", "{\"error\":\"slow down\"}");
            case TooManySoon:
                return await WriteAsync(stream, "429 Too Many Requests", "Retry-After: 1\r\n", "{\"error\":\"slow down\"}");
            case Broken:
                return await WriteAsync(stream, "500 Internal Server Error", "", "oops");
            case Unauthorized:
                return await WriteAsync(stream, "401 Unauthorized", "", "{\"error\":\"bad key\"}");
            case NoJson:
                return await WriteAsync(stream, "200 OK", "", "<html>gateway</html>");
            case Closed:
                return false;
            case Cut:
                await stream.WriteAsync(Encoding.UTF8.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 400\r\nContent-Type: application/json\r\n\r\n{\"choices\":[{\"mess"));
                return false;
            default:
                string text = JsonSerializer.Serialize(behaviour == Good ? Answer(number) : behaviour);
                return await WriteAsync(stream, "200 OK", "", $"{{\"choices\":[{{\"message\":{{\"role\":\"assistant\",\"content\":{text}}}}}],\"usage\":{{\"prompt_tokens\":100,\"completion_tokens\":30}}}}");
        }
    }

    private static async Task<bool> WriteAsync(NetworkStream stream, string status, string headers, string body)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(body);
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\n{headers}Content-Length: {bytes.Length}\r\nContent-Type: application/json\r\n\r\n"));
        await stream.WriteAsync(bytes);
        return true;
    }
}
