using Temperament.Models.Decoder;
using Temperament.Models.Hooks;

namespace Temperament.Models.Generation;

/// <summary>
/// Generates answers to many prompts side by side. An answer depends on its own prompt, the seed and its number in the list only: batch
/// size and thread count change no token.
/// </summary>
public static class Generator
{
    /// <summary>Generates one answer for each prompt.</summary>
    /// <param name="network">The network.</param>
    /// <param name="prompts">Token ids of the prompts, each of at least one token.</param>
    /// <param name="stopTokens">Tokens that end an answer.</param>
    /// <param name="options">How tokens are drawn.</param>
    /// <param name="observer">Sees every step; null for none.</param>
    /// <param name="hooks">Readers and writers of activations; null for none.</param>
    /// <param name="progress">Called with the number of finished answers; null for nobody.</param>
    /// <param name="cancellation">Ends the work between two tokens.</param>
    /// <returns>The answers in the order of the prompts.</returns>
    /// <exception cref="ContextLengthException">A prompt has more tokens than the model has positions.</exception>
    /// <exception cref="NonFiniteLogitsException">The logits of a step are no numbers to draw from.</exception>
    public static IReadOnlyList<GeneratedTokens> Generate(
        DecoderNetwork network,
        IReadOnlyList<int[]> prompts,
        IReadOnlySet<int> stopTokens,
        GenerationOptions options,
        IGenerationObserver? observer = null,
        HookSet? hooks = null,
        Action<int>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(prompts);
        ArgumentNullException.ThrowIfNull(stopTokens);
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        var answers = new GeneratedTokens[prompts.Count];
        if (prompts.Count > 0)
        {
            GenerationRun.RequireContext(network.Config, prompts);
            int slots = Math.Min(options.BatchSize, prompts.Count);
            using var cache = new KvCache(network.Config, slots, prompts.Max(prompt => prompt.Length) + options.MaxNewTokens);
            using var run = new GenerationRun(network, prompts, stopTokens, options, observer, hooks, cache, [.. Enumerable.Range(0, slots).Select(_ => new List<int>())]);
            run.Complete(answers, progress, cancellation);
        }

        return answers;
    }
}
