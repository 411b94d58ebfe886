using System.Text;
using Temperament.Models.Text;

namespace Temperament.Models.Generation;

/// <summary>Texts that end an answer as soon as it contains one of them, wherever the borders of tokens lie.</summary>
public sealed class StopTexts
{
    private readonly Tokenizer _tokenizer;
    private readonly byte[][] _bytes;

    /// <summary>Makes them.</summary>
    /// <param name="tokenizer">Tokenizer of the model.</param>
    /// <param name="texts">The texts.</param>
    /// <exception cref="ArgumentException">A text is empty.</exception>
    public StopTexts(Tokenizer tokenizer, IReadOnlyList<string> texts)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(texts);
        if (texts.Any(string.IsNullOrEmpty))
        {
            throw new ArgumentException("A stop text must not be empty.", nameof(texts));
        }

        (_tokenizer, Texts, _bytes) = (tokenizer, texts, [.. texts.Select(Encoding.UTF8.GetBytes)]);
    }

    /// <summary>The texts.</summary>
    public IReadOnlyList<string> Texts { get; }

    /// <summary>The text before the first stop text; all of it if there is none.</summary>
    /// <param name="text">Any text.</param>
    public string Cut(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int first = Texts.Select(stop => text.IndexOf(stop, StringComparison.Ordinal)).Where(at => at >= 0).DefaultIfEmpty(text.Length).Min();
        return text[..first];
    }

    /// <summary>Length of the longest end of a text that may become a stop text when more is written.</summary>
    /// <param name="text">Any text without a stop text.</param>
    public int Unsettled(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int longest = 0;
        foreach (string stop in Texts)
        {
            for (int length = Math.Min(stop.Length - 1, text.Length); length > longest; length--)
            {
                if (text.AsSpan(text.Length - length).SequenceEqual(stop.AsSpan(0, length)))
                {
                    longest = length;
                }
            }
        }

        return longest;
    }

    internal Watch Begin() => new(this);

    /// <summary>Follows one answer.</summary>
    internal sealed class Watch(StopTexts stops)
    {
        private readonly List<byte> _tail = [];

        /// <summary>Appends a token.</summary>
        /// <returns>The stop text that the answer now contains, or null.</returns>
        public string? Append(int token)
        {
            _tail.AddRange(stops._tokenizer.TokenBytes(token));
            Span<byte> tail = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_tail);
            string? found = null;
            int first = int.MaxValue;
            for (int i = 0; i < stops._bytes.Length; i++)
            {
                int at = tail.IndexOf(stops._bytes[i]);
                if (at >= 0 && at < first)
                {
                    (found, first) = (stops.Texts[i], at);
                }
            }

            int keep = stops._bytes.Max(bytes => bytes.Length) - 1;
            if (_tail.Count > keep)
            {
                _tail.RemoveRange(0, _tail.Count - keep);
            }

            return found;
        }
    }
}
