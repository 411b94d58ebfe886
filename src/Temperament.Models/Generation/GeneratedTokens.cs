namespace Temperament.Models.Generation;

/// <summary>One generated answer.</summary>
/// <param name="Tokens">New token ids, without the stop token. With <see cref="StopText"/> the text of the last ones is that text, or ends with it.</param>
/// <param name="Stopped">True where the model ended the answer itself or wrote a stop text, false where the token limit cut it.</param>
/// <param name="StopText">The stop text that ended the answer; null if none did.</param>
/// <param name="LogProbabilities">ln p of each token under the model itself, at temperature 1 and without cuts; null where they were not wanted.</param>
public sealed record GeneratedTokens(int[] Tokens, bool Stopped, string? StopText = null, double[]? LogProbabilities = null);
