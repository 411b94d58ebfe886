using System.Text;

namespace Temperament.Measures.Emoji;

/// <summary>A token that holds the first bytes of an emoji, which other signs begin with too.</summary>
/// <param name="Id">Token id.</param>
/// <param name="Pending">Its unfinished bytes, without a leading space.</param>
public sealed record SharedPrefixToken(int Id, byte[] Pending);

/// <summary>
/// The tokens of a vocabulary whose bytes are the beginning both of emoji and of other signs, as E2 is of a star and of a dash. Whether an emoji
/// comes of one is known only from what follows it.
/// </summary>
/// <remarks>
/// Emoji are here those code points that are emoji without a variation selector; a text sign that becomes one by U+FE0F is not followed.
/// Beginnings F0 9F count as emoji in <see cref="EmojiTokens"/> and are not among these.
/// </remarks>
public sealed class SharedPrefixTokens
{
    private static readonly Lazy<HashSet<int>> Prefixes = new(PrefixesOfEmoji);

    private readonly byte[][] _bytes;
    private readonly Dictionary<int, Continuation> _continuations = [];

    /// <summary>Finds the tokens of a vocabulary.</summary>
    /// <param name="vocabularySize">Number of tokens, V.</param>
    /// <param name="bytesOf">The bytes of token 0 .. V - 1; empty for a special token.</param>
    public SharedPrefixTokens(int vocabularySize, Func<int, ReadOnlyMemory<byte>> bytesOf)
    {
        ArgumentNullException.ThrowIfNull(bytesOf);
        _bytes = [.. Enumerable.Range(0, vocabularySize).Select(id => bytesOf(id).ToArray())];
        Tokens = [.. Enumerable.Range(0, vocabularySize)
            .Select(id => new SharedPrefixToken(id, _bytes[id] is [(byte)' ', .. var rest] ? rest : _bytes[id]))
            .Where(token => IsShared(token.Pending))];
    }

    /// <summary>The tokens, by id.</summary>
    public IReadOnlyList<SharedPrefixToken> Tokens { get; }

    /// <summary>What may follow some unfinished bytes so that an emoji comes of it.</summary>
    /// <param name="pending">One to three bytes.</param>
    public Continuation After(ReadOnlySpan<byte> pending)
    {
        int key = Pack(pending);
        if (!_continuations.TryGetValue(key, out Continuation? found))
        {
            byte[] before = pending.ToArray();
            var completing = new List<int>();
            var shared = new List<SharedPrefixToken>();
            for (int id = 0; id < _bytes.Length; id++)
            {
                byte[] whole = [.. before, .. _bytes[id]];
                if (_bytes[id].Length > 0 && EmojiTokens.BeginsAnEmoji(whole))
                {
                    completing.Add(id);
                }
                else if (_bytes[id].Length > 0 && IsShared(whole))
                {
                    shared.Add(new SharedPrefixToken(id, whole));
                }
            }

            _continuations.Add(key, found = new Continuation(completing, shared));
        }

        return found;
    }

    private static bool IsShared(ReadOnlySpan<byte> bytes) => bytes.Length is > 0 and < 4 && !EmojiTokens.BeginsAnEmoji(bytes) && Prefixes.Value.Contains(Pack(bytes));

    private static int Pack(ReadOnlySpan<byte> bytes)
    {
        int packed = bytes.Length;
        foreach (byte value in bytes)
        {
            packed = (packed << 8) | value;
        }

        return packed;
    }

    private static HashSet<int> PrefixesOfEmoji()
    {
        var prefixes = new HashSet<int>();
        Span<byte> bytes = stackalloc byte[4];
        for (int code = 0x80; code < 0x20000; code++)
        {
            if (Rune.IsValid(code) && EmojiScanner.Classify(new Rune(code).ToString()) is { } kind and not EmojiKind.Component)
            {
                int length = new Rune(code).EncodeToUtf8(bytes);
                for (int used = 1; used < length; used++)
                {
                    prefixes.Add(Pack(bytes[..used]));
                }
            }
        }

        return prefixes;
    }
}

/// <summary>Tokens that may follow unfinished bytes.</summary>
/// <param name="Completing">Those with which an emoji begins.</param>
/// <param name="Shared">Those with which it is still open, with all bytes up to there.</param>
public sealed record Continuation(IReadOnlyList<int> Completing, IReadOnlyList<SharedPrefixToken> Shared);
