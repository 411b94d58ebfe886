using Temperament.Models.Decoder;
using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;

namespace Temperament.Methods.Training;

/// <summary>
/// The one training loop: low-rank adapters over a frozen base, and full training, differ in the parameters that are given. A loss is
/// normalised by the target tokens of the whole step, so micro-batches change no bit.
/// </summary>
public sealed class Trainer : IDisposable
{
    private readonly DecoderNetwork _network;
    private readonly TrainingConfig _config;
    private readonly Parameter[] _parameters;
    private readonly Tensor[] _means;
    private readonly Tensor[] _squares;
    private readonly DecoderState _state = new(keepsActivations: true);

    /// <summary>Prepares a run; the parameters become trainable, with gradients of zero.</summary>
    /// <param name="network">The network, with its adapter attached.</param>
    /// <param name="parameters">What is trained.</param>
    /// <param name="config">How it is trained.</param>
    public Trainer(DecoderNetwork network, IEnumerable<Parameter> parameters, TrainingConfig config)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(config);
        _network = network;
        _config = config;
        _parameters = [.. parameters];
        foreach (Parameter parameter in _parameters)
        {
            parameter.SetTrainable(true);
        }

        _means = [.. _parameters.Select(p => Tensor.Zeros(p.Value.Rows, p.Value.Columns))];
        _squares = [.. _parameters.Select(p => Tensor.Zeros(p.Value.Rows, p.Value.Columns))];
    }

    /// <summary>Steps done.</summary>
    public int StepsDone { get; private set; }

    /// <summary>What is trained.</summary>
    public IReadOnlyList<Parameter> Parameters => _parameters;

    /// <summary>Bytes of activations and workspace.</summary>
    public long ActivationBytes => _state.Bytes;

    /// <summary>AdamW's running mean and mean square of each parameter, for a checkpoint.</summary>
    public IEnumerable<(Parameter Parameter, Tensor Mean, Tensor MeanSquare)> Moments =>
        _parameters.Select((p, i) => (p, _means[i], _squares[i]));

    /// <summary>Trains over samples to the last step.</summary>
    /// <param name="samples">The samples.</param>
    /// <param name="progress">Called after each step; null for nobody.</param>
    /// <param name="cancellation">Ends the run between two steps.</param>
    /// <exception cref="TrainingException">A loss or gradient is not finite; the parameters hold the last good step.</exception>
    public void Run(IReadOnlyList<TokenSequence> samples, Action<TrainingStep>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(samples);
        if (samples.Count == 0 || !samples.Any(s => s.Targets is { } t && t.Any(target => target != TokenBatch.NoTarget)))
        {
            throw new TrainingException($"{samples.Count} samples were given and none has a token to train on. Check the data and which "
                + "part of a sample is trained.");
        }

        var order = new SampleOrder(samples, _config);
        Schedule schedule = _config.ScheduleFor(samples.Count);
        while (StepsDone < schedule.Steps)
        {
            cancellation.ThrowIfCancellationRequested();
            int micro = _config.MicroBatchSize > 0 ? _config.MicroBatchSize : _config.BatchSize;
            TokenBatch[] batches = [.. order.At(StepsDone).Chunk(micro).Select(c => TokenBatch.From(c))];
            TrainingStep done = Step(batches, schedule.RateAt(StepsDone));
            progress?.Invoke(done);
        }
    }

    /// <summary>Does one step.</summary>
    /// <param name="batches">Micro-batches of the step.</param>
    /// <param name="learningRate">Rate of the step.</param>
    /// <exception cref="TrainingException">The loss or the gradient is not finite; the parameters are as before the step.</exception>
    public TrainingStep Step(IReadOnlyList<TokenBatch> batches, double learningRate)
    {
        ArgumentNullException.ThrowIfNull(batches);
        int targets = batches.Sum(b => b.TargetCount), tokens = batches.Sum(b => b.Rows);
        if (targets == 0)
        {
            throw new TrainingException($"Step {StepsDone} has {tokens} tokens and none to train on.");
        }

        foreach (Parameter parameter in _parameters)
        {
            parameter.Gradient.Clear();
        }

        double sum = 0;
        long row = 0;
        foreach (TokenBatch batch in batches)
        {
            _state.Dropout = new DropoutMask(_config.Seed, StepsDone, row);
            foreach (float loss in LanguageLoss.Backward(_network, batch, _state, 1f / targets))
            {
                sum += loss;
            }

            row += batch.Rows;
        }

        double norm = Math.Sqrt(_parameters.Sum(p => Elementwise.SumOfSquares(p.Gradient)));
        RequireFinite(sum / targets, norm);
        double clip = GradientClip.Coefficient(norm, _config.MaxGradientNorm);
        Update(learningRate, clip);
        var done = new TrainingStep(StepsDone, sum / targets, norm, learningRate, targets, tokens);
        StepsDone++;
        return done;
    }

    /// <summary>Goes on after a checkpoint whose moments were put back.</summary>
    /// <param name="stepsDone">Steps that the checkpoint had done.</param>
    public void ResumeAt(int stepsDone) => StepsDone = stepsDone;

    /// <summary>Ends the run: gradients are given back, and the parameters are frozen.</summary>
    public void Dispose()
    {
        foreach (Parameter parameter in _parameters)
        {
            parameter.SetTrainable(false);
        }

        _state.Dispose();
    }

    private static bool Decays(Parameter parameter) =>
        !parameter.Name.EndsWith("norm.weight", StringComparison.Ordinal) && !parameter.Name.EndsWith(".bias", StringComparison.Ordinal);

    private void Update(double learningRate, double clip)
    {
        for (int i = 0; i < _parameters.Length; i++)
        {
            var settings = new AdamWStep(
                learningRate, _config.Beta1, _config.Beta2, _config.Epsilon, Decays(_parameters[i]) ? _config.WeightDecay : 0,
                StepsDone + 1, (float)clip);
            AdamW.Step(_network.Pool, _parameters[i].Value, _parameters[i].Gradient, _means[i], _squares[i], settings);
        }
    }

    private void RequireFinite(double loss, double norm)
    {
        if (!double.IsFinite(loss) || !double.IsFinite(norm))
        {
            throw new TrainingException($"Step {StepsDone}: the loss is {loss} and the norm of the gradient {norm}; both must be finite. "
                + "The parameters hold the last good step. Lower the learning rate, or look for damaged weights or data.");
        }
    }
}
