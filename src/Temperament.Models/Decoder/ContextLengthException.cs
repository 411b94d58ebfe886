namespace Temperament.Models.Decoder;

/// <summary>A sequence is longer than the positions that a model was made for.</summary>
public sealed class ContextLengthException : Exception
{
    /// <summary>Describes the fault.</summary>
    /// <param name="length">Tokens of the sequence.</param>
    /// <param name="limit">Positions of the model.</param>
    public ContextLengthException(int length, int limit)
        : base($"Read a sequence of {length} tokens; expected at most {limit}, the positions that the model was made for. Shorten the prompt or the answer.")
    {
        Length = length;
        Limit = limit;
    }

    /// <summary>Tokens of the sequence.</summary>
    public int Length { get; }

    /// <summary>Positions of the model.</summary>
    public int Limit { get; }
}
