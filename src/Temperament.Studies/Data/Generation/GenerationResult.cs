namespace Temperament.Studies.Data.Generation;

/// <summary>An answer that could not be had.</summary>
/// <param name="Id">The order.</param>
/// <param name="Reason">What was wrong with the last try.</param>
public sealed record MissingAnswer(string Id, string Reason);

/// <summary>How far a generation is.</summary>
/// <param name="Asked">Number of answers asked for.</param>
/// <param name="Valid">Number of answers that were taken, of earlier runs too.</param>
/// <param name="Requests">Number of replies, of earlier runs too.</param>
/// <param name="Refused">Replies of this run that were not taken, by what was wrong.</param>
/// <param name="Retried">Requests of this run that failed and were sent again.</param>
/// <param name="PromptTokens">Tokens of prompts, of earlier runs too.</param>
/// <param name="AnswerTokens">Tokens of answers, of earlier runs too.</param>
/// <param name="Cost">What they cost.</param>
/// <param name="Missing">Answers that could not be had.</param>
/// <param name="Stopped">Why the run ended before all was asked; null if it did not.</param>
public sealed record GenerationResult(
    int Asked, int Valid, int Requests, IReadOnlyDictionary<string, int> Refused, int Retried, long PromptTokens, long AnswerTokens, double Cost,
    IReadOnlyList<MissingAnswer> Missing, string? Stopped);
