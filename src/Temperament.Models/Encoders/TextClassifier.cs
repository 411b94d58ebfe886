using Temperament.Models.Checkpoints;
using Temperament.Models.Decoder;
using Temperament.Models.Hooks;
using Temperament.Models.Text;
using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;

namespace Temperament.Models.Encoders;

/// <summary>Probabilities of the classes of one text.</summary>
/// <param name="Label">Name of the likeliest class.</param>
/// <param name="Probabilities">Probability of each class, in the order of <see cref="TextClassifier.Labels"/>.</param>
public sealed record TextClass(string Label, IReadOnlyList<double> Probabilities);

/// <summary>An encoder with a classifier: BERT, RoBERTa or DistilBERT "ForSequenceClassification".</summary>
public sealed class TextClassifier : IAdapterBase, IDisposable
{
    private readonly EncoderSource _source;
    private readonly ClassifierHead _head;

    private TextClassifier(EncoderSource source, ComputePool pool)
    {
        _source = source;
        var weights = new EncoderWeights(source.Config, source.Load);
        _head = new ClassifierHead(source.Config, weights);
        Encoder = new Encoder(source.Config, weights, pool);
    }

    /// <summary>The encoder.</summary>
    public Encoder Encoder { get; }

    /// <summary>Names of the classes in the order of the logits.</summary>
    public IReadOnlyList<string> Labels => Encoder.Config.Labels;

    /// <summary>Tokenizer.</summary>
    public Tokenizer Tokenizer => _source.Tokenizer;

    /// <summary>Every parameter once, in the order of the forward pass.</summary>
    public IEnumerable<Parameter> Parameters => [.. Encoder.Weights.Parameters, .. _head.Dense.Parameters, .. _head.Output.Parameters];

    /// <summary>The linear layers of the encoder. Those of the classifier are small and are trained whole.</summary>
    public IEnumerable<Linear> Linears => Encoder.Weights.Blocks.SelectMany(b => b.Linears);

    /// <inheritdoc/>
    public IList<Replacement> Replacements { get; } = [];

    /// <summary>(B, C) what the last layer read in the last pass; valid until the next pass over its state.</summary>
    public Tensor Pooled => _head.Pooled;

    /// <summary>Loads a classifier.</summary>
    /// <param name="folder">Hugging Face folder.</param>
    /// <param name="pool">Threads; stays the caller's.</param>
    /// <exception cref="CheckpointException">The folder holds no classifier of a known kind, or is damaged.</exception>
    public static TextClassifier Load(string folder, ComputePool pool)
    {
        ArgumentNullException.ThrowIfNull(pool);
        EncoderSource source = EncoderSource.Open(folder);
        try
        {
            return source.Config.Labels.Count > 0 ? new TextClassifier(source, pool) : throw new CheckpointException(
                folder, "an encoder without a classifier", "a model \"ForSequenceClassification\" with id2label", "It can embed sentences, not name classes.");
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

    /// <summary>Classifies texts.</summary>
    /// <param name="texts">Texts.</param>
    public IReadOnlyList<TextClass> Classify(IReadOnlyList<string> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        var classes = new List<TextClass>();
        using var state = new EncoderState(keepsActivations: false);
        foreach (EncoderInput[] part in EncoderSource.Parts([.. texts.Select(Encode)]))
        {
            Tensor logits = Logits(part, state);
            Softmax.Forward(Encoder.Pool, logits, logits);
            for (int s = 0; s < logits.Rows; s++)
            {
                double[] probabilities = [.. logits.Row(s).ToArray().Select(p => (double)p)];
                classes.Add(new TextClass(Labels[Array.IndexOf(probabilities, probabilities.Max())], probabilities));
            }
        }

        return classes;
    }

    /// <summary>Computes the logits of texts.</summary>
    /// <param name="inputs">Texts.</param>
    /// <param name="state">Scratch.</param>
    /// <param name="hooks">Readers and writers of activations; null for none.</param>
    /// <returns>(B, labels) logits; valid until the next pass over the state.</returns>
    public Tensor Logits(IReadOnlyList<EncoderInput> inputs, EncoderState state, HookSet? hooks = null)
    {
        ArgumentNullException.ThrowIfNull(state);
        EncoderBatch batch = EncoderBatch.From(Encoder.Config, inputs);
        Tensor hidden = Encoder.Forward(batch, state, hooks);
        Tensor logits = state.Kept.Take(batch.Rows.Sequences, Labels.Count);
        _head.Forward(Encoder.Pool, logits, hidden, batch.Rows, state.Kept);
        hooks?.Visit(HookSite.Logits, 0, logits, batch.Rows);
        return logits;
    }

    /// <summary>Scores labelled texts and adds the gradients of all trainable parameters.</summary>
    /// <param name="inputs">Texts.</param>
    /// <param name="labels">Class of each text.</param>
    /// <param name="state">Scratch that keeps activations.</param>
    /// <param name="gradientScale">Weight of a text: 1 / number of texts of the whole step.</param>
    /// <returns>(B) -log p(label) in nats, before the weight.</returns>
    public float[] Backward(IReadOnlyList<EncoderInput> inputs, int[] labels, EncoderState state, float gradientScale)
    {
        ArgumentNullException.ThrowIfNull(state);
        Tensor logits = Logits(inputs, state);
        TokenBatch rows = state.Batch!.Rows;
        long mark = state.Scratch.Mark();
        Tensor losses = state.Scratch.Take(1, logits.Rows), dhidden = state.Scratch.Take(rows.Rows, Encoder.Config.Shape.HiddenSize);
        CrossEntropy.ForwardBackward(Encoder.Pool, losses, logits, labels, gradientScale);
        _head.Backward(Encoder.Pool, dhidden, logits, rows, state.Scratch);
        float[] result = losses.Row(0).ToArray();
        Encoder.Backward(state, dhidden);
        state.Scratch.Release(mark);
        return result;
    }

    /// <inheritdoc/>
    public void Dispose() => _source.Dispose();
}
