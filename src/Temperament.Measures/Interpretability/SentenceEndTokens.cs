using Temperament.Models.Text;

namespace Temperament.Measures.Interpretability;

/// <summary>The tokens after which a sentence may be over: their last byte that is not white space is a full stop, ! or ?.</summary>
public static class SentenceEndTokens
{
    /// <summary>Finds the tokens of a vocabulary.</summary>
    /// <param name="vocabularySize">Number of tokens, V.</param>
    /// <param name="bytesOf">The bytes of token 0 .. V - 1; empty for a special token.</param>
    public static IReadOnlySet<int> Of(int vocabularySize, Func<int, ReadOnlyMemory<byte>> bytesOf)
    {
        ArgumentNullException.ThrowIfNull(bytesOf);
        return Enumerable.Range(0, vocabularySize)
            .Where(id => bytesOf(id).Span.TrimEnd(" \t\r\n"u8) is [.., (byte)'.' or (byte)'!' or (byte)'?'])
            .ToHashSet();
    }

    /// <summary>Finds the tokens of a tokenizer; special tokens are none.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    public static IReadOnlySet<int> Of(Tokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        return Of(tokenizer.VocabularySize, id => tokenizer.IsSpecial(id) ? default : tokenizer.TokenBytes(id).ToArray());
    }
}
