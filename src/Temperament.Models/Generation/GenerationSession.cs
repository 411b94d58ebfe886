using Temperament.Models.Decoder;

namespace Temperament.Models.Generation;

/// <summary>
/// Answers to prompts that continue one another, as the turns of a talk do: keys and values stay between the calls, and only what a prompt
/// adds is computed. The answers are those of <see cref="Generator"/>, to the bit.
/// </summary>
public sealed class GenerationSession
{
    private readonly DecoderNetwork _network;
    private readonly List<int>[] _held = [[]];
    private KvCache? _cache;

    /// <summary>Begins a session.</summary>
    /// <param name="network">The network.</param>
    public GenerationSession(DecoderNetwork network)
    {
        ArgumentNullException.ThrowIfNull(network);
        _network = network;
    }

    /// <summary>Number of tokens whose keys and values are held.</summary>
    public int Held => _held[0].Count;

    /// <summary>Forgets all; needed when the weights or the adapters of the network change.</summary>
    public void Forget() => _held[0].Clear();

    /// <summary>Generates one answer.</summary>
    /// <param name="prompt">Token ids of the whole prompt, earlier turns included.</param>
    /// <param name="stopTokens">Tokens that end the answer.</param>
    /// <param name="options">How tokens are drawn.</param>
    /// <param name="observer">Sees every step; null for none.</param>
    /// <param name="cancellation">Ends the work between two tokens.</param>
    /// <exception cref="ContextLengthException">The prompt has more tokens than the model has positions.</exception>
    public GeneratedTokens Generate(
        int[] prompt, IReadOnlySet<int> stopTokens, GenerationOptions options, IGenerationObserver? observer = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        ArgumentNullException.ThrowIfNull(stopTokens);
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        GenerationRun.RequireContext(_network.Config, [prompt]);
        int needed = prompt.Length + options.MaxNewTokens;
        if (_cache is null || _cache.Capacity < needed)
        {
            KvCache larger = new(_network.Config, 1, 2 * needed);
            if (_cache is not null)
            {
                larger.TakeOver(_cache, Held);
                _cache.Dispose();
            }

            _cache = larger;
        }

        var answers = new GeneratedTokens[1];
        using var run = new GenerationRun(_network, [prompt], stopTokens, options, observer, null, _cache, _held);
        run.Complete(answers, null, cancellation);
        return answers[0];
    }
}
