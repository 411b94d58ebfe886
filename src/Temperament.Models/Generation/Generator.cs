using Temperament.Models.Decoder;
using Temperament.Models.Hooks;
using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Random;

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
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BatchSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxNewTokens, 1);
        var answers = new GeneratedTokens[prompts.Count];
        using var state = new DecoderState(keepsActivations: false);
        for (int start = 0; start < prompts.Count; start += options.BatchSize)
        {
            int count = Math.Min(options.BatchSize, prompts.Count - start);
            using var run = new BatchRun(network, prompts, start, count, stopTokens, options, observer, hooks, state);
            run.Complete(answers, progress, cancellation);
        }

        return answers;
    }

    /// <summary>One batch from its prompts to its last token.</summary>
    private sealed class BatchRun : IDisposable
    {
        private readonly DecoderNetwork _network;
        private readonly IReadOnlyList<int[]> _prompts;
        private readonly int _start;
        private readonly IReadOnlySet<int> _stopTokens;
        private readonly GenerationOptions _options;
        private readonly IGenerationObserver? _observer;
        private readonly HookSet? _hooks;
        private readonly DecoderState _state;
        private readonly KvCache _cache;
        private readonly List<int>[] _new;
        private readonly RandomStream[] _random;
        private readonly Sampler _sampler;
        private readonly AlignedBuffer<float> _logits;

        public BatchRun(
            DecoderNetwork network, IReadOnlyList<int[]> prompts, int start, int count, IReadOnlySet<int> stopTokens,
            GenerationOptions options, IGenerationObserver? observer, HookSet? hooks, DecoderState state)
        {
            (_network, _prompts, _start, _stopTokens, _options) = (network, prompts, start, stopTokens, options);
            (_observer, _hooks, _state) = (observer, hooks, state);
            int longest = Enumerable.Range(start, count).Max(i => prompts[i].Length);
            _cache = new KvCache(network.Config, count, longest + options.MaxNewTokens);
            _new = [.. Enumerable.Range(0, count).Select(_ => new List<int>())];
            _random = [.. Enumerable.Range(0, count).Select(i =>
                new RandomStream(options.Seed, $"generate/{options.FirstPrompt + start + i}"))];
            _sampler = new Sampler(network.Config.VocabularySize);
            _logits = new AlignedBuffer<float>((long)count * network.Config.VocabularySize * 2);
        }

        public void Complete(GeneratedTokens[] answers, Action<int>? progress, CancellationToken cancellation)
        {
            List<int> active = [.. Enumerable.Range(0, _new.Length)];
            List<TokenSequence> inputs = [.. active.Select(i => new TokenSequence(_prompts[_start + i]))];
            int finished = 0;
            while (active.Count > 0)
            {
                cancellation.ThrowIfCancellationRequested();
                int[] chosen = Next(active, inputs);
                var stillActive = new List<int>();
                inputs.Clear();
                for (int j = 0; j < active.Count; j++)
                {
                    int i = active[j];
                    bool stopped = _stopTokens.Contains(chosen[j]);
                    if (!stopped)
                    {
                        _new[i].Add(chosen[j]);
                    }

                    if (stopped || _new[i].Count == _options.MaxNewTokens)
                    {
                        answers[_start + i] = new GeneratedTokens([.. _new[i]], stopped);
                        progress?.Invoke(_start + ++finished);
                    }
                    else
                    {
                        stillActive.Add(i);
                        inputs.Add(new TokenSequence(Input(i)));
                    }
                }

                active = stillActive;
            }
        }

        public void Dispose() => _logits.Dispose();

        // The last token, or the whole sequence where its rotary frequencies change with this step.
        private int[] Input(int i)
        {
            if (_cache.Length(i) != _network.RecomputesBeyond)
            {
                return [_new[i][^1]];
            }

            _cache.Clear(i);
            return [.. _prompts[_start + i], .. _new[i]];
        }

        private int[] Next(List<int> active, List<TokenSequence> inputs)
        {
            int[] firsts = [.. active.Select(_cache.Length)];
            TokenBatch batch = TokenBatch.From(inputs, firsts);
            _cache.Select([.. active]);
            Tensor final = _network.Forward(batch, _state, _cache, _hooks);
            int V = _network.Config.VocabularySize;
            Tensor last = _state.Scratch.Take(active.Count, _network.Config.HiddenSize);
            Tensor logits = Tensor.Over(_logits, 0, active.Count, V);
            for (int j = 0; j < active.Count; j++)
            {
                final.Row(batch.Starts[j + 1] - 1).CopyTo(last.Row(j));
            }

            _network.Logits(logits, last, _hooks, batch);
            return Choose(active, logits, Tensor.Over(_logits, (long)active.Count * V, active.Count, V));
        }

        private int[] Choose(List<int> active, Tensor logits, Tensor probabilities)
        {
            var chosen = new int[active.Count];
            if (_options.Temperature > 0)
            {
                probabilities.CopyFrom(logits);
                Elementwise.Scale(_network.Pool, probabilities, (float)(1 / _options.Temperature));
                Softmax.Forward(_network.Pool, probabilities, probabilities);
            }

            for (int j = 0; j < chosen.Length; j++)
            {
                chosen[j] = _options.Temperature > 0
                    ? _sampler.Draw(probabilities.Row(j), _options.TopP, _options.TopK, _random[active[j]])
                    : Sampler.Greedy(logits.Row(j));
                _observer?.Step(_start + active[j], _new[active[j]].Count, logits.Row(j), chosen[j]);
            }

            return chosen;
        }
    }
}
