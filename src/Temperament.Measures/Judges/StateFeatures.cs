using Temperament.Measures.Emoji;
using Temperament.Models;
using Temperament.Models.Decoder;
using Temperament.Models.Hooks;
using Temperament.Tensors.Memory;

namespace Temperament.Measures.Judges;

/// <summary>
/// What a language model makes of texts: the residual after some blocks, averaged over the tokens of the text. Emoji are taken out first, so
/// that whatever reads these features is blind to them.
/// </summary>
public static class StateFeatures
{
    private const int MostRows = 1024;

    /// <summary>Reads texts.</summary>
    /// <param name="model">The model, with or without an adapter.</param>
    /// <param name="texts">The texts; one without a token gives zeros.</param>
    /// <param name="layers">Blocks, from 0.</param>
    /// <param name="progress">Called with the number of texts read; null for nobody.</param>
    /// <param name="cancellation">Ends the work between two passes.</param>
    /// <returns>For each block (texts)(C) means.</returns>
    public static IReadOnlyList<float[][]> Read(
        LanguageModel model, IReadOnlyList<string> texts, IReadOnlyList<int> layers, Action<int>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(layers);
        int[][] tokens = [.. texts.Select(text => model.Tokenizer.Encode(EmojiScanner.Remove(text), addSpecialTokens: true, parseSpecial: false))];
        var hook = new MeanHook(layers, texts.Count, model.Config.HiddenSize);
        var hooks = new HookSet(hook);
        using var state = new DecoderState(keepsActivations: false);
        int[] order = [.. Enumerable.Range(0, tokens.Length).Where(i => tokens[i].Length > 0)];
        for (int start = 0; start < order.Length;)
        {
            cancellation.ThrowIfCancellationRequested();
            int end = start, rows = 0;
            while (end < order.Length && (end == start || rows + tokens[order[end]].Length <= MostRows))
            {
                rows += tokens[order[end++]].Length;
            }

            hook.Texts = order[start..end];
            model.Network.Forward(TokenBatch.From([.. hook.Texts.Select(i => new TokenSequence(tokens[i]))]), state, hooks: hooks);
            start = end;
            progress?.Invoke(end);
        }

        return hook.Means;
    }

    private sealed class MeanHook(IReadOnlyList<int> layers, int texts, int width) : IActivationHook
    {
        public float[][][] Means { get; } = [.. layers.Select(_ => Enumerable.Range(0, texts).Select(_ => new float[width]).ToArray())];

        public int[] Texts { get; set; } = [];

        public bool Wants(HookSite site, int layer) => site == HookSite.Residual && layers.Contains(layer);

        public void Visit(HookSite site, int layer, Tensor activation, TokenBatch batch)
        {
            for (int at = 0; at < layers.Count; at++)
            {
                for (int s = 0; layers[at] == layer && s < Texts.Length; s++)
                {
                    Average(activation, batch.Starts[s], batch.Starts[s + 1], Means[at][Texts[s]]);
                }
            }
        }

        private static void Average(Tensor activation, int first, int end, float[] mean)
        {
            for (int c = 0; c < mean.Length; c++)
            {
                double sum = 0;
                for (int row = first; row < end; row++)
                {
                    sum += activation[row, c];
                }

                mean[c] = (float)(sum / (end - first));
            }
        }
    }
}
