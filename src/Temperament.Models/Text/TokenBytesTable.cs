using System.Text;

namespace Temperament.Models.Text;

/// <summary>The bytes that each token stands for, in one block.</summary>
internal sealed class TokenBytesTable
{
    private readonly byte[] _bytes;
    private readonly int[] _starts;

    private TokenBytesTable(byte[] bytes, int[] starts)
    {
        _bytes = bytes;
        _starts = starts;
    }

    public ReadOnlySpan<byte> this[int id] => (uint)id < (uint)(_starts.Length - 1) ? _bytes.AsSpan(_starts[id].._starts[id + 1]) : [];

    /// <summary>Writes the bytes of all tokens.</summary>
    /// <param name="tokens">Token strings by id; null where an id has none.</param>
    /// <param name="added">Added tokens, which stand for their own text.</param>
    /// <param name="parts">How strings are read, and what some show as.</param>
    public static TokenBytesTable Make(IReadOnlyList<string?> tokens, IReadOnlyDictionary<int, AddedToken> added, TokenizerParts parts)
    {
        long size = 0;
        for (int id = 0; id < tokens.Count; id++)
        {
            size += Encoding.UTF8.GetByteCount(Shown(id));
        }

        var bytes = new byte[size];
        var starts = new int[tokens.Count + 1];
        int at = 0;
        for (int id = 0; id < tokens.Count; id++)
        {
            at += Write(Shown(id), parts.Style, isAdded: added.ContainsKey(id), bytes.AsSpan(at));
            starts[id + 1] = at;
        }

        return new TokenBytesTable(bytes, starts);

        string Shown(int id) => (parts.Surfaces.GetValueOrDefault(id) ?? tokens[id]) is not { } shown ? ""
            : parts.Style == TokenStyle.Words ? " " + shown : shown;
    }

    private static int Write(string token, TokenStyle style, bool isAdded, Span<byte> target)
    {
        switch (style)
        {
            case TokenStyle.ByteLevel when !isAdded && ByteLevel.TryUnmap(token, target):
                return token.Length;
            case TokenStyle.ByteFallback when !isAdded && IsByteName(token, out byte value):
                target[0] = value;
                return 1;
            case TokenStyle.ByteFallback or TokenStyle.Metaspace when token.Contains('\u2581', StringComparison.Ordinal):
                return Encoding.UTF8.GetBytes(token.Replace('\u2581', ' '), target);
            default:
                return Encoding.UTF8.GetBytes(token, target);
        }
    }

    private static bool IsByteName(string token, out byte value)
    {
        value = 0;
        return token.Length == 6 && token.StartsWith("<0x", StringComparison.Ordinal) && token[5] == '>'
            && byte.TryParse(token.AsSpan(3, 2), System.Globalization.NumberStyles.AllowHexSpecifier, null, out value);
    }
}
