using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Temperament.Tests.Models.Hub;

/// <summary>One request of HTTP/1.1 and its answer, on a connection of its own, which may be closed anywhere in the answer.</summary>
internal sealed class LocalExchange(NetworkStream stream)
{
    private string[] _lines = [];

    /// <summary>Path of the request without what stands behind a question mark.</summary>
    public string Path => _lines[0].Split(' ')[1].Split('?')[0];

    /// <summary>Reads the head of the request; false where the client sent none.</summary>
    public bool Read()
    {
        var head = new List<byte>();
        while (head.Count < 4 || !(head[^1] == '\n' && head[^3] == '\n'))
        {
            int next = stream.ReadByte();
            if (next < 0)
            {
                return false;
            }

            head.Add((byte)next);
        }

        _lines = Encoding.ASCII.GetString([.. head]).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        return true;
    }

    /// <summary>The value of a header; null where it was not sent.</summary>
    public string? Header(string name) => _lines.Skip(1).Select(line => line.Split(": ", 2))
        .FirstOrDefault(pair => pair[0].Equals(name, StringComparison.OrdinalIgnoreCase))?[1];

    /// <summary>Answers with a whole body.</summary>
    public void Reply(int status, string header = "", ReadOnlySpan<byte> body = default)
    {
        Begin(status, header, body.Length);
        Write(body);
    }

    /// <summary>Begins an answer of some length.</summary>
    public void Begin(int status, string header, int length) => Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture,
        $"HTTP/1.1 {status} {status}\r\n{(header.Length == 0 ? "" : header + "\r\n")}Content-Length: {length}\r\nConnection: close\r\n\r\n")));

    /// <summary>Sends bytes.</summary>
    public void Write(ReadOnlySpan<byte> bytes) => stream.Write(bytes);
}
