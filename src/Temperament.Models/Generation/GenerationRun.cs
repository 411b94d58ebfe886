using Temperament.Models.Decoder;
using Temperament.Models.Hooks;
using Temperament.Tensors.Memory;

namespace Temperament.Models.Generation;

/// <summary>
/// Prompts on their way through the slots of a cache. As soon as an answer ends, the next prompt takes its slot, so that the passes stay
/// full; a prompt that begins like what some slot holds takes those keys and values over instead of computing them again. Neither changes
/// an answer: a row's bits depend on its own sequence only.
/// </summary>
internal sealed class GenerationRun : IDisposable
{
    private const int ShortestShared = 4;

    private readonly DecoderNetwork _network;
    private readonly IReadOnlyList<int[]> _prompts;
    private readonly IReadOnlySet<int> _stopTokens;
    private readonly GenerationOptions _options;
    private readonly IGenerationObserver? _observer;
    private readonly HookSet? _hooks;
    private readonly DecoderState _state = new(keepsActivations: false);
    private readonly KvCache _cache;
    private readonly List<int>[] _held;
    private readonly TokenChooser _chooser;
    private readonly AlignedBuffer<float> _logits;
    private readonly int[] _chosen;
    private int _next;

    /// <param name="network">The network.</param>
    /// <param name="prompts">The prompts.</param>
    /// <param name="stopTokens">Tokens that end an answer.</param>
    /// <param name="options">How tokens are drawn.</param>
    /// <param name="observer">Sees every step; null for none.</param>
    /// <param name="hooks">Readers and writers of activations; null for none. With them nothing is taken over, so that they see each row.</param>
    /// <param name="cache">The slots.</param>
    /// <param name="held">Tokens that each slot holds; kept up to date.</param>
    public GenerationRun(
        DecoderNetwork network, IReadOnlyList<int[]> prompts, IReadOnlySet<int> stopTokens, GenerationOptions options, IGenerationObserver? observer,
        HookSet? hooks, KvCache cache, List<int>[] held)
    {
        (_network, _prompts, _stopTokens, _options, _observer, _hooks) = (network, prompts, stopTokens, options, observer, hooks);
        (_cache, _held) = (cache, held);
        int vocabulary = network.Config.VocabularySize;
        _chooser = new TokenChooser(network.Pool, options, vocabulary);
        _chosen = new int[held.Length];
        _logits = new AlignedBuffer<float>((long)held.Length * vocabulary * 2);
    }

    /// <summary>Refuses prompts that are longer than the context; dynamic scaling is made for passes beyond it.</summary>
    /// <param name="config">Shape of the decoder.</param>
    /// <param name="prompts">The prompts.</param>
    /// <exception cref="ContextLengthException">A prompt has more tokens than the model has positions.</exception>
    public static void RequireContext(DecoderConfig config, IReadOnlyList<int[]> prompts)
    {
        int longest = prompts.Max(prompt => prompt.Length);
        if (longest > config.MaxPositions && config.RopeScaling is not { Type: "dynamic" })
        {
            throw new ContextLengthException(longest, config.MaxPositions);
        }
    }

    /// <summary>Generates all answers.</summary>
    /// <param name="answers">Receives them.</param>
    /// <param name="progress">Called with the number of finished answers; null for nobody.</param>
    /// <param name="cancellation">Ends the work between two tokens.</param>
    public void Complete(GeneratedTokens[] answers, Action<int>? progress, CancellationToken cancellation)
    {
        List<Sequence> active = [];
        List<TokenSequence> inputs = [];
        Stack<int> free = new(Enumerable.Range(0, _held.Length).Reverse());
        int finished = 0;
        bool alone = _hooks is null && SharedByAll() >= ShortestShared;
        while (active.Count > 0 || _next < _prompts.Count)
        {
            cancellation.ThrowIfCancellationRequested();
            while (free.Count > 0 && _next < _prompts.Count && !(alone && active.Count == 1))
            {
                Sequence begun = new(_next, free.Pop(), _prompts[_next], _options);
                _next++;
                active.Add(begun);
                inputs.Add(new TokenSequence(Remaining(begun)));
            }

            alone = false;
            Step(active, inputs);
            inputs.Clear();
            List<Sequence> open = [];
            for (int j = 0; j < active.Count; j++)
            {
                Sequence sequence = active[j];
                if (sequence.Answer is { } answer)
                {
                    answers[sequence.Number] = answer;
                    free.Push(sequence.Slot);
                    progress?.Invoke(++finished);
                }
                else
                {
                    open.Add(sequence);
                    inputs.Add(new TokenSequence(Next(sequence)));
                }
            }

            active = open;
        }
    }

    public void Dispose()
    {
        _logits.Dispose();
        _state.Dispose();
    }

    private static int Shared(IReadOnlyList<int> left, int[] right)
    {
        int most = Math.Min(left.Count, right.Length), count = 0;
        while (count < most && left[count] == right[count])
        {
            count++;
        }

        return count;
    }

    /// <summary>Number of tokens with which all prompts begin; the first of them then runs ahead of the others. 0 for one prompt.</summary>
    private int SharedByAll() => _prompts.Count < 2 ? 0 : _prompts.Skip(1).Min(prompt => Shared(_prompts[0], prompt));

    /// <summary>Takes over what a slot holds of the prompt, and gives the tokens that are left to compute, at least the last one.</summary>
    private int[] Remaining(Sequence sequence)
    {
        int best = sequence.Slot, count = 0;
        for (int slot = 0; slot < _held.Length; slot++)
        {
            int shared = MayTakeOver(slot, sequence.Prompt) ? Math.Min(Shared(_held[slot], sequence.Prompt), sequence.Prompt.Length - 1) : 0;
            if (shared > count)
            {
                (best, count) = (slot, shared);
            }
        }

        if (count < ShortestShared)
        {
            count = 0;
        }
        else if (best != sequence.Slot)
        {
            _cache.Copy(best, sequence.Slot, count);
        }

        _cache.Truncate(sequence.Slot, count);
        _held[sequence.Slot].Clear();
        _held[sequence.Slot].AddRange(sequence.Prompt.AsSpan(0, count));
        return sequence.Prompt[count..];
    }

    // Keys of a sequence beyond the border are turned by other frequencies than those of one within it.
    private bool MayTakeOver(int slot, int[] prompt) => _hooks is null
        && (_network.RecomputesBeyond is not { } border || (_held[slot].Count <= border && prompt.Length <= border));

    /// <summary>The last token; the whole sequence where its rotary frequencies change with this step.</summary>
    private int[] Next(Sequence sequence)
    {
        if (_cache.Length(sequence.Slot) != _network.RecomputesBeyond)
        {
            return [sequence.Tokens[^1]];
        }

        _cache.Truncate(sequence.Slot, 0);
        _held[sequence.Slot].Clear();
        return [.. sequence.Prompt, .. sequence.Tokens];
    }

    private void Step(List<Sequence> active, List<TokenSequence> inputs)
    {
        int[] slots = [.. active.Select(sequence => sequence.Slot)];
        TokenBatch batch = TokenBatch.From(inputs, [.. slots.Select(_cache.Length)]);
        _cache.Select(slots);
        Tensor final = _network.Forward(batch, _state, _cache, _hooks);
        int V = _network.Config.VocabularySize, rows = active.Count;
        Tensor last = _state.Scratch.Take(rows, _network.Config.HiddenSize);
        for (int j = 0; j < rows; j++)
        {
            _held[slots[j]].AddRange(inputs[j].Tokens);
            final.Row(batch.Starts[j + 1] - 1).CopyTo(last.Row(j));
        }

        Tensor logits = Tensor.Over(_logits, 0, rows, V);
        _network.Logits(logits, last, _hooks, batch);
        _chooser.Choose(active, logits, Tensor.Over(_logits, (long)rows * V, rows, V), _chosen.AsSpan(0, rows));
        for (int j = 0; j < rows; j++)
        {
            Sequence sequence = active[j];
            _observer?.Step(sequence.Number, sequence.Tokens.Count, logits.Row(j), _chosen[j]);
            sequence.Append(_chosen[j], _stopTokens.Contains(_chosen[j]), logits.Row(j));
        }
    }
}
