using Temperament.Studies.Data.Audit;

namespace Temperament.Studies.Data.Generation;

/// <summary>How answers are asked for.</summary>
/// <param name="Endpoint">Base address of the endpoint, as in "http://localhost:8080/v1".</param>
/// <param name="Model">Name of the model.</param>
/// <param name="Key">Key to send; null for none.</param>
/// <param name="Rules">What answers are held to.</param>
/// <param name="Temperature">Sampling temperature.</param>
/// <param name="Parallel">Requests at one time.</param>
/// <param name="Tries">Answers asked for until one is taken.</param>
/// <param name="Retries">Times that a failed request is sent again.</param>
/// <param name="Timeout">How long one request may take.</param>
/// <param name="PromptPrice">Price of a million tokens of prompt; 0 if nothing is to be paid.</param>
/// <param name="AnswerPrice">Price of a million tokens of answer; 0 if nothing is to be paid.</param>
/// <param name="MostCost">What all may cost; requests stop before it is passed. Null for no limit.</param>
public sealed record EndpointOptions(
    Uri Endpoint, string Model, string? Key, AuditOptions Rules, double Temperature = 0.9, int Parallel = 4, int Tries = 4, int Retries = 6,
    TimeSpan? Timeout = null, double PromptPrice = 0, double AnswerPrice = 0, double? MostCost = null)
{
    /// <summary>Tokens that one answer may have at most: about three for each allowed word.</summary>
    public int MostTokens => 3 * Rules.MostWords;

    /// <summary>What some tokens cost.</summary>
    /// <param name="prompt">Tokens of prompts.</param>
    /// <param name="answer">Tokens of answers.</param>
    public double Cost(long prompt, long answer) => ((prompt * PromptPrice) + (answer * AnswerPrice)) / 1e6;
}
