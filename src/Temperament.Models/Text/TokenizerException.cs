namespace Temperament.Models.Text;

/// <summary>Text cannot be turned into tokens, or a pattern of a tokenizer takes unbounded work.</summary>
public sealed class TokenizerException : Exception
{
    /// <summary>Describes the fault.</summary>
    /// <param name="message">What was read, what was expected, the hint.</param>
    public TokenizerException(string message)
        : base(message)
    {
    }
}
