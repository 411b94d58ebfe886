using System.Buffers;
using System.Globalization;
using System.Text;
using Temperament.Models.Generation;
using Temperament.Models.Text;

namespace Temperament.Measures.Emoji;

/// <summary>
/// Keeps emoji out of answers: a token is not drawn where the text would then hold an emoji, or bytes that can only become one. Letters that
/// share their first bytes with emoji stay possible. Emoji are those of UTS #51; a lone component (a skin tone) counts as one here, and so do
/// U+FE0F and U+20E3, which turn digits and signs into emoji.
/// </summary>
/// <remarks>
/// What a token completes depends only on the unfinished UTF-8 bytes before it, at most three, so the tokens are sorted out once for each such
/// beginning that occurs. A sign with text presentation ("©") is no emoji alone and stays.
/// </remarks>
public sealed class EmojiBan : ITokenConstraint
{
    private const int VariationSelector16 = 0xFE0F;
    private const int Keycap = 0x20E3;
    private const int EndOfEmoji = 0x20000;

    private readonly Tokenizer _tokenizer;
    private readonly Dictionary<int, int[]> _banned = [];

    /// <summary>Makes a ban for a vocabulary.</summary>
    /// <param name="tokenizer">Its tokenizer.</param>
    public EmojiBan(Tokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        _tokenizer = tokenizer;
    }

    /// <inheritdoc/>
    public ITokenConstraintState Begin() => new State(this);

    private int[] BannedAfter(int pending)
    {
        if (!_banned.TryGetValue(pending, out int[]? tokens))
        {
            List<int> found = [];
            for (int id = 0; id < _tokenizer.VocabularySize; id++)
            {
                if (!_tokenizer.IsSpecial(id) && Completes(pending, _tokenizer.TokenBytes(id)))
                {
                    found.Add(id);
                }
            }

            _banned[pending] = tokens = [.. found];
        }

        return tokens;
    }

    /// <summary>Whether unfinished bytes and a token give an emoji, or the beginning of nothing else.</summary>
    private static bool Completes(int pending, ReadOnlySpan<byte> token)
    {
        byte[] bytes = [.. Unpack(pending), .. token];
        ReadOnlySpan<byte> rest = bytes;
        while (!rest.IsEmpty)
        {
            OperationStatus status = Rune.DecodeFromUtf8(rest, out Rune rune, out int used);
            if (status == OperationStatus.NeedMoreData)
            {
                return OnlyEmoji(rest);
            }

            if (status == OperationStatus.Done && IsForbidden(rune.Value))
            {
                return true;
            }

            rest = rest[used..];
        }

        return false;
    }

    /// <summary>Whether every character that unfinished bytes can become is forbidden.</summary>
    private static bool OnlyEmoji(ReadOnlySpan<byte> start)
    {
        int length = start[0] >= 0xF0 ? 4 : start[0] >= 0xE0 ? 3 : 2, free = 6 * (length - start.Length);
        int first = start[0] & (0x7F >> length);
        foreach (byte continued in start[1..])
        {
            first = (first << 6) | (continued & 0x3F);
        }

        first <<= free;
        bool any = false;
        for (int code = first; code < Math.Min(first + (1 << free), EndOfEmoji); code++)
        {
            if (IsForbidden(code))
            {
                any = true;
            }
            else if (Rune.IsValid(code) && Rune.GetUnicodeCategory(new Rune(code)) != UnicodeCategory.OtherNotAssigned)
            {
                return false;
            }
        }

        return any;
    }

    private static bool IsForbidden(int code) => code is VariationSelector16 or Keycap
        || EmojiTable.HasEmojiPresentation(code) || EmojiTable.IsComponent(code) || EmojiTable.IsRegionalIndicator(code);

    private static byte[] Unpack(int pending) => (pending >> 24) switch
    {
        1 => [(byte)pending],
        2 => [(byte)(pending >> 8), (byte)pending],
        3 => [(byte)(pending >> 16), (byte)(pending >> 8), (byte)pending],
        _ => [],
    };

    private sealed class State(EmojiBan ban) : ITokenConstraintState
    {
        private int _pending;

        public void Apply(Span<float> logits)
        {
            foreach (int token in ban.BannedAfter(_pending))
            {
                logits[token] = float.NegativeInfinity;
            }
        }

        public void Append(int token)
        {
            byte[] bytes = [.. Unpack(_pending), .. ban._tokenizer.TokenBytes(token)];
            ReadOnlySpan<byte> rest = bytes;
            _pending = 0;
            while (!rest.IsEmpty)
            {
                if (Rune.DecodeFromUtf8(rest, out _, out int used) == OperationStatus.NeedMoreData)
                {
                    foreach (byte b in rest)
                    {
                        _pending = (_pending << 8) | b;
                    }

                    _pending |= rest.Length << 24;
                    return;
                }

                rest = rest[used..];
            }
        }
    }
}
