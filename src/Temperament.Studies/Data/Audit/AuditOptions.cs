namespace Temperament.Studies.Data.Audit;

/// <summary>What the audit holds an opinion set to.</summary>
/// <param name="FewestWords">Words that an answer should have at least.</param>
/// <param name="MostWords">Words that an answer should have at most.</param>
/// <param name="MostSentences">Sentences that an answer should have at most.</param>
/// <param name="SharedTrigrams">Share of the word trigrams of the shorter of two answers from which on they count as near-duplicates.</param>
/// <param name="CommonPhrase">Share of the answers that one run of five words may stand in.</param>
public sealed record AuditOptions(
    int FewestWords = 15, int MostWords = 40, int MostSentences = 2, double SharedTrigrams = 0.6, double CommonPhrase = 0.01);
