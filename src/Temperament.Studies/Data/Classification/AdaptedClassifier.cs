using System.Globalization;
using Temperament.Measures.Judges;
using Temperament.Methods.Adapters;
using Temperament.Methods.Training;
using Temperament.Models;
using Temperament.Models.Decoder;
using Temperament.Tensors.Memory;

namespace Temperament.Studies.Data.Classification;

/// <summary>
/// A classifier that is a language model's first blocks and last norm, the mean over the tokens, and a linear head, trained together with a
/// low-rank adapter on those blocks. The head begins as the logistic regression on the frozen states (Kumar et al. 2022,
/// https://arxiv.org/abs/2202.10054), so the first step is taken from what the frozen model can do.
/// </summary>
internal sealed class AdaptedClassifier : IDisposable
{
    // Rows of a pass that only reads; the numbers do not depend on it.
    private const int MostRows = 1024;
    private const string HitsKey = "temper.hits";

    private readonly LanguageModel _model;
    private readonly AdapterSettings _settings;
    private readonly DecoderNetwork _network;
    private readonly LoraAdapter _adapter;
    private readonly PooledClassifier _classifier;
    private readonly int[][] _tokens;
    private readonly int[] _classes;
    private readonly string[] _labels;

    /// <summary>Prepares a classifier: reads the frozen states, fits the head, and puts the adapter on the model.</summary>
    /// <param name="model">The model, without an adapter.</param>
    /// <param name="blocks">How many of its blocks are used.</param>
    /// <param name="train">Rows to learn from.</param>
    /// <param name="settings">How.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public AdaptedClassifier(LanguageModel model, int blocks, IReadOnlyList<Opinion> train, AdapterSettings settings, CancellationToken cancellation)
    {
        (_model, _settings) = (model, settings);
        _network = new DecoderNetwork(model.Config with { Layers = blocks }, model.Network.Weights, model.Pool);
        _tokens = [.. train.Select(Tokens)];
        StateClassifier start = StateClassifier.Train(Read(_tokens, cancellation), [.. train.Select(row => row.Target.Name)], settings.HeadPenalty);
        _labels = [.. start.Labels];
        _classes = [.. train.Select(row => Array.IndexOf(_labels, row.Target.Name))];
        _classifier = Head(start);
        _adapter = LoraAdapter.Create(_network, new LoraConfig
        {
            Rank = settings.Rank,
            Alpha = settings.Alpha,
            Dropout = settings.Dropout,
            LayersToTransform = [.. Enumerable.Range(0, blocks)],
        }, settings.Seed);
        _adapter.Attach(_network);
    }

    /// <summary>Trains, or goes on with a run that was stopped.</summary>
    /// <param name="rate">Largest learning rate.</param>
    /// <param name="epochs">Passes after which training ends; the schedule is that of all <see cref="AdapterSettings.Epochs"/>.</param>
    /// <param name="checkpoint">File that keeps the run.</param>
    /// <param name="key">Hash of all that the run depends on.</param>
    /// <param name="score">Counts right answers after each epoch; null for nobody.</param>
    /// <param name="progress">Told the steps done, all steps, and the loss.</param>
    /// <param name="cancellation">Ends the run between two steps, with a checkpoint.</param>
    /// <returns>What <paramref name="score"/> gave after each epoch.</returns>
    public IReadOnlyList<int> Train(
        double rate, int epochs, string checkpoint, string key, Func<int>? score, Action<int, int, double> progress, CancellationToken cancellation)
    {
        TrainingConfig config = Config(rate);
        var order = new SampleOrder([.. _tokens.Select(t => t.Length)], config);
        int all = config.StepsFor(_tokens.Length), ofEpoch = all / config.Epochs;
        Schedule schedule = config.ScheduleOver(all);
        using var trainer = new ClassifierTrainer(_model.Pool, [.. _adapter.Parameters, .. _classifier.Parameters], config);
        using var state = new DecoderState(keepsActivations: true);
        List<int> hits = File.Exists(checkpoint) ? Hits(TrainingCheckpoint.Restore(checkpoint, trainer, key)) : [];
        void Save() => TrainingCheckpoint.Save(checkpoint, trainer, key, new Dictionary<string, string> { [HitsKey] = string.Join(',', hits) });
        while (trainer.StepsDone < epochs * ofEpoch)
        {
            if (cancellation.IsCancellationRequested)
            {
                Save();
                cancellation.ThrowIfCancellationRequested();
            }

            TrainingStep done = Step(trainer, order.At(trainer.StepsDone), schedule.RateAt(trainer.StepsDone), state);
            bool ends = trainer.StepsDone % ofEpoch == 0;
            if (ends && score is not null)
            {
                hits.Add(score());
            }

            if (ends || trainer.StepsDone % _settings.SaveEvery == 0)
            {
                Save();
            }

            progress(trainer.StepsDone, epochs * ofEpoch, done.Loss);
        }

        return hits;
    }

    /// <summary>Tells the targets of rows, which must not be those of the training, and counts.</summary>
    /// <param name="rows">Rows; what is told is one of the targets that they have.</param>
    /// <param name="cancellation">Ends the work.</param>
    public ClassifierEvaluation Evaluate(IReadOnlyList<Opinion> rows, CancellationToken cancellation)
    {
        string[] asked = [.. rows.Select(row => row.Target.Name).Distinct().Order(StringComparer.Ordinal)];
        string[] told = new string[rows.Count];
        Pass([.. rows.Select(Tokens)], (batch, state, indices) =>
        {
            Tensor logits = _classifier.Logits(batch, state);
            for (int s = 0; s < indices.Count; s++)
            {
                float[] row = logits.Row(s).ToArray();
                told[indices[s]] = asked.MaxBy(label => row[Array.IndexOf(_labels, label)])!;
            }
        }, cancellation);
        return ClassifierEvaluation.Of(asked, [.. rows.Select(row => row.Target.Name)], told);
    }

    /// <summary>Takes the adapter off the model.</summary>
    public void Dispose() => _adapter.Detach();

    private static List<int> Hits(IReadOnlyDictionary<string, string> notes) =>
        [.. notes.GetValueOrDefault(HitsKey, "").Split(',', StringSplitOptions.RemoveEmptyEntries).Select(text => int.Parse(text, CultureInfo.InvariantCulture))];

    private TrainingConfig Config(double rate) => new()
    {
        LearningRate = rate,
        WarmupRatio = 0.06,
        Epochs = _settings.Epochs,
        BatchSize = _settings.BatchSize,
        GroupByLength = true,
        WeightDecay = _settings.WeightDecay,
        Seed = _settings.Seed,
    };

    private TrainingStep Step(ClassifierTrainer trainer, IReadOnlyList<int> rows, double rate, DecoderState state)
    {
        TokenBatch batch = TokenBatch.From([.. rows.Select(i => new TokenSequence(_tokens[i]))]);
        state.Dropout = new DropoutMask(_settings.Seed, trainer.StepsDone, 0);
        TrainingStep step = trainer.Step(rows.Count, batch.Rows, rate, scale => _classifier.Backward(batch, [.. rows.Select(i => _classes[i])], state, scale));
        return step.Skipped
            ? throw new TrainingException($"Step {step.Step}: the loss is {step.Loss} and the norm of the gradient {step.GradientNorm}; both must be finite. Take a lower learning rate.")
            : step;
    }

    private int[] Tokens(Opinion row) => _model.Tokenizer.Encode(row.Answer, addSpecialTokens: true, parseSpecial: false);

    private float[][] Read(int[][] tokens, CancellationToken cancellation)
    {
        var features = new float[tokens.Length][];
        Pass(tokens, (batch, state, indices) =>
        {
            Tensor means = Tensor.Zeros(indices.Count, _network.Config.HiddenSize);
            MeanPool.Forward(means, _network.Forward(batch, state), batch);
            for (int s = 0; s < indices.Count; s++)
            {
                features[indices[s]] = means.Row(s).ToArray();
            }
        }, cancellation);
        return features;
    }

    private static void Pass(int[][] tokens, Action<TokenBatch, DecoderState, IReadOnlyList<int>> work, CancellationToken cancellation)
    {
        using var state = new DecoderState(keepsActivations: false);
        for (int start = 0; start < tokens.Length;)
        {
            cancellation.ThrowIfCancellationRequested();
            int end = start, rows = 0;
            while (end < tokens.Length && (end == start || rows + tokens[end].Length <= MostRows))
            {
                rows += tokens[end++].Length;
            }

            work(TokenBatch.From([.. tokens[start..end].Select(t => new TokenSequence(t))]), state, [.. Enumerable.Range(start, end - start)]);
            start = end;
        }
    }

    private PooledClassifier Head(StateClassifier start)
    {
        int C = _network.Config.HiddenSize, K = _labels.Length;
        Tensor weight = Tensor.Zeros(K, C), bias = Tensor.Zeros(1, K);
        for (int k = 0; k < K; k++)
        {
            ReadOnlySpan<double> from = start.Weights(k);
            bias[0, k] = (float)from[C];
            for (int c = 0; c < C; c++)
            {
                weight[k, c] = (float)from[c];
            }
        }

        return new PooledClassifier(_network, Tensor.From(start.Means, 1, C), Tensor.From(start.Scales, 1, C), weight, bias);
    }
}
