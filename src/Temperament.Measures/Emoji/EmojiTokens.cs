using System.Buffers;
using System.Collections.Frozen;
using System.Text;
using Temperament.Models.Text;

namespace Temperament.Measures.Emoji;

/// <summary>The tokens of a vocabulary that begin an emoji, so that the probability of an emoji can be read from a softmax.</summary>
/// <remarks>
/// After one optional leading space the bytes of the token are either a whole emoji (or one letter of a flag) at their start, or an unfinished
/// UTF-8 sequence F0 9F of two or three bytes. Emoji that begin with E2 and are split over tokens are not seen.
/// </remarks>
public sealed class EmojiTokens
{
    private readonly FrozenSet<int> _set;

    private EmojiTokens(IReadOnlyList<int> ids)
    {
        Ids = ids;
        _set = ids.ToFrozenSet();
    }

    /// <summary>The token ids in ascending order.</summary>
    public IReadOnlyList<int> Ids { get; }

    /// <summary>Finds the tokens of a vocabulary.</summary>
    /// <param name="vocabularySize">Number of tokens, V.</param>
    /// <param name="bytesOf">The bytes of token 0 .. V - 1; empty for a special token.</param>
    public static EmojiTokens Of(int vocabularySize, Func<int, ReadOnlyMemory<byte>> bytesOf)
    {
        ArgumentNullException.ThrowIfNull(bytesOf);
        var ids = new List<int>();
        for (int id = 0; id < vocabularySize; id++)
        {
            if (BeginsAnEmoji(bytesOf(id).Span))
            {
                ids.Add(id);
            }
        }

        return new EmojiTokens(ids);
    }

    /// <summary>Finds the tokens of a tokenizer; special tokens are none.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    public static EmojiTokens Of(Tokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        return Of(tokenizer.VocabularySize, id => tokenizer.IsSpecial(id) ? default : tokenizer.TokenBytes(id).ToArray());
    }

    /// <summary>True where the token begins an emoji.</summary>
    /// <param name="id">Token id.</param>
    public bool Contains(int id) => _set.Contains(id);

    /// <summary>True where the bytes of a token begin an emoji.</summary>
    /// <param name="bytes">All bytes of the token.</param>
    public static bool BeginsAnEmoji(ReadOnlySpan<byte> bytes)
    {
        if (!bytes.IsEmpty && bytes[0] == (byte)' ')
        {
            bytes = bytes[1..];
        }

        if (bytes is [0xF0, 0x9F] or [0xF0, 0x9F, >= 0x80 and <= 0xBF])
        {
            return true;
        }

        var start = new StringBuilder();
        while (Rune.DecodeFromUtf8(bytes, out Rune rune, out int used) == OperationStatus.Done)
        {
            start.Append(rune);
            bytes = bytes[used..];
        }

        if (start.Length == 0)
        {
            return false;
        }

        string text = start.ToString();
        Rune first = Rune.GetRuneAt(text, 0);
        return EmojiTable.IsRegionalIndicator(first.Value)
            || EmojiScanner.Classify(text.AsSpan(0, EmojiScanner.ClusterLength(text, 0))) is { } kind and not EmojiKind.Component;
    }
}
