namespace Temperament.Models.Generation;

/// <summary>A model gave logits from which no token can be drawn.</summary>
public sealed class NonFiniteLogitsException : ArithmeticException
{
    /// <summary>Describes the fault.</summary>
    /// <param name="answer">Number of the answer, from 0.</param>
    /// <param name="tokens">Tokens that it had so far.</param>
    /// <param name="logit">The logit of the token that would have been taken.</param>
    /// <param name="temperature">Temperature of the draw.</param>
    public NonFiniteLogitsException(int answer, int tokens, double logit, double temperature)
        : base(FormattableString.Invariant($"Answer {answer + 1}, after {tokens} tokens: read logits, divided by the temperature {temperature}, of which none is a finite number to draw from ")
            + FormattableString.Invariant($"(the best is {logit}); expected finite ones. ")
            + "The weights are damaged, an adapter's factor is far too large, the temperature far too small, or every token is banned.")
    {
    }
}
