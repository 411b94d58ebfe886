namespace Temperament.Models.Generation;

/// <summary>Sees every step of generation.</summary>
public interface IGenerationObserver
{
    /// <summary>Called once for each new token, before it is appended. Calls for one prompt come in order.</summary>
    /// <param name="prompt">Number of the prompt in the list that was given.</param>
    /// <param name="step">Number of the new token, from 0.</param>
    /// <param name="logits">(V) logits of the model, before anything that the options change.</param>
    /// <param name="chosen">The token that was drawn, which may be a stop token.</param>
    void Step(int prompt, int step, ReadOnlySpan<float> logits, int chosen);
}
