using Temperament.Models.Checkpoints;
using Temperament.Models.Decoder;
using Temperament.Models.Hooks;
using Temperament.Models.Text;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;

namespace Temperament.Models.Encoders;

/// <summary>
/// Sentence embeddings: the mean of the hidden states of a text, divided by its length. Reimers and Gurevych 2019,
/// https://arxiv.org/abs/1908.10084.
/// </summary>
public sealed class SentenceEncoder : IDisposable
{
    private const double SmallestLength = 1e-12;

    private readonly EncoderSource _source;

    private SentenceEncoder(EncoderSource source, ComputePool pool)
    {
        _source = source;
        Encoder = new Encoder(source.Config, new EncoderWeights(source.Config, source.Load), pool);
    }

    /// <summary>The encoder.</summary>
    public Encoder Encoder { get; }

    /// <summary>Width of an embedding, C.</summary>
    public int Width => Encoder.Config.Shape.HiddenSize;

    /// <summary>Tokenizer.</summary>
    public Tokenizer Tokenizer => _source.Tokenizer;

    /// <summary>Loads an encoder.</summary>
    /// <param name="folder">Hugging Face folder.</param>
    /// <param name="pool">Threads; stays the caller's.</param>
    /// <exception cref="CheckpointException">The folder holds no encoder of a known kind, is damaged, or asks for another pooling.</exception>
    public static SentenceEncoder Load(string folder, ComputePool pool)
    {
        ArgumentNullException.ThrowIfNull(pool);
        EncoderSource source = EncoderSource.Open(folder);
        try
        {
            source.RequireMeanPooling();
            return new SentenceEncoder(source, pool);
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    /// <summary>The tokens of a text, cut to the length of the model.</summary>
    /// <param name="text">Text.</param>
    public EncoderInput Encode(string text) => _source.Encode(text);

    /// <summary>Embeds texts.</summary>
    /// <param name="texts">Texts.</param>
    /// <returns>(N, C) embeddings of length 1.</returns>
    public Tensor Embed(IReadOnlyList<string> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        return Embed([.. texts.Select(Encode)]);
    }

    /// <summary>Embeds texts.</summary>
    /// <param name="inputs">Texts as tokens.</param>
    /// <returns>(N, C) embeddings of length 1.</returns>
    public Tensor Embed(IReadOnlyList<EncoderInput> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        Tensor all = Tensor.Zeros(inputs.Count, Width);
        int done = 0;
        using var state = new EncoderState(keepsActivations: false);
        foreach (EncoderInput[] part in EncoderSource.Parts(inputs))
        {
            all.SliceRows(done, part.Length).CopyFrom(Forward(part, state));
            done += part.Length;
        }

        return all;
    }

    /// <summary>Embeds texts in one pass.</summary>
    /// <param name="inputs">Texts as tokens.</param>
    /// <param name="state">Scratch.</param>
    /// <param name="hooks">Readers and writers of activations; null for none.</param>
    /// <returns>(B, C) embeddings of length 1; valid until the next pass over the state.</returns>
    public Tensor Forward(IReadOnlyList<EncoderInput> inputs, EncoderState state, HookSet? hooks = null)
    {
        ArgumentNullException.ThrowIfNull(state);
        EncoderBatch batch = EncoderBatch.From(Encoder.Config, inputs);
        Tensor hidden = Encoder.Forward(batch, state, hooks), embeddings = state.Kept.Take(batch.Rows.Sequences, Width);
        for (int s = 0; s < embeddings.Rows; s++)
        {
            double length = Length(hidden, batch.Rows, s, embeddings.Row(s));
            Divide(embeddings.Row(s), Math.Max(length, SmallestLength));
        }

        return embeddings;
    }

    /// <summary>Follows <see cref="Forward"/> with the gradients of all trainable parameters.</summary>
    /// <param name="state">The state of the forward pass, which kept its activations.</param>
    /// <param name="hidden">What <see cref="Encoder.Forward"/> gave in that pass: (R, C).</param>
    /// <param name="dembeddings">(B, C) gradient of the embeddings.</param>
    private void Backward(EncoderState state, Tensor hidden, Tensor dembeddings)
    {
        TokenBatch rows = state.Batch!.Rows;
        long mark = state.Scratch.Mark();
        Tensor dhidden = state.Scratch.Take(rows.Rows, Width), mean = state.Scratch.Take(1, Width);
        for (int s = 0; s < rows.Sequences; s++)
        {
            // With m the mean and e = m / |m|:  dm = (de - (de e) e) / |m|, and each row has its share of dm.
            double length = Math.Max(Length(hidden, rows, s, mean.Row(0)), SmallestLength), along = 0;
            int count = rows.Starts[s + 1] - rows.Starts[s];
            ReadOnlySpan<float> de = dembeddings.Row(s), m = mean.Row(0);
            for (int c = 0; c < Width; c++)
            {
                along += de[c] * (m[c] / length);
            }

            for (int r = rows.Starts[s]; r < rows.Starts[s + 1]; r++)
            {
                Span<float> row = dhidden.Row(r);
                for (int c = 0; c < Width; c++)
                {
                    row[c] = (float)((de[c] - (along * m[c] / length)) / length / count);
                }
            }
        }

        Encoder.Backward(state, dhidden);
        state.Scratch.Release(mark);
    }

    /// <summary>Embeds texts, lets the caller say how the total changes with the embeddings, and adds the gradients.</summary>
    /// <param name="inputs">Texts as tokens.</param>
    /// <param name="state">Scratch that keeps activations.</param>
    /// <param name="gradient">Gives the (B, C) gradient of the embeddings from the (B, C) embeddings.</param>
    public void Backward(IReadOnlyList<EncoderInput> inputs, EncoderState state, Func<Tensor, Tensor> gradient)
    {
        ArgumentNullException.ThrowIfNull(gradient);
        var last = new ActivationCopy((site, layer) => site == HookSite.Residual && layer == Encoder.Weights.Blocks.Count - 1);
        Tensor embeddings = Forward(inputs, state, new HookSet(last));
        Backward(state, last.Found[(HookSite.Residual, Encoder.Weights.Blocks.Count - 1)], gradient(embeddings));
    }

    /// <inheritdoc/>
    public void Dispose() => _source.Dispose();

    // Writes the mean of the rows of one text, and returns its length.
    private static double Length(Tensor hidden, TokenBatch rows, int sequence, Span<float> mean)
    {
        int start = rows.Starts[sequence], end = rows.Starts[sequence + 1];
        mean.Clear();
        for (int r = start; r < end; r++)
        {
            ReadOnlySpan<float> row = hidden.Row(r);
            for (int c = 0; c < mean.Length; c++)
            {
                mean[c] += row[c];
            }
        }

        Divide(mean, end - start);
        double square = 0;
        foreach (float value in mean)
        {
            square += (double)value * value;
        }

        return Math.Sqrt(square);
    }

    private static void Divide(Span<float> values, double by)
    {
        foreach (ref float value in values)
        {
            value = (float)(value / by);
        }
    }
}
