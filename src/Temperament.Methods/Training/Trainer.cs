using System.Diagnostics;
using Temperament.Models.Decoder;
using Temperament.Tensors.Kernels;

namespace Temperament.Methods.Training;

/// <summary>
/// The one training loop: low-rank adapters over a frozen base, and full training, differ in the parameters that are given. A loss is
/// normalised by the target tokens of the whole step, so micro-batches change no bit.
/// </summary>
public sealed class Trainer : IDisposable
{
    private readonly DecoderNetwork _network;
    private readonly TrainingConfig _config;
    private readonly TrainingExtras _extras;
    private readonly Parameter[] _parameters;
    private readonly Moments[] _moments;
    private readonly DecoderState _state;

    /// <summary>Prepares a run; the parameters become trainable, with gradients of zero.</summary>
    /// <param name="network">The network, with its adapter attached.</param>
    /// <param name="parameters">What is trained.</param>
    /// <param name="config">How it is trained.</param>
    /// <param name="extras">Reference of preference training, and hooks; null for neither.</param>
    public Trainer(DecoderNetwork network, IEnumerable<Parameter> parameters, TrainingConfig config, TrainingExtras? extras = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(config);
        _network = network;
        _config = config;
        _state = new DecoderState(keepsActivations: true, config.Checkpointing);
        _extras = extras ?? new TrainingExtras();
        _parameters = [.. parameters];
        foreach (Parameter parameter in _parameters)
        {
            parameter.SetTrainable(true);
        }

        _moments = [.. _parameters.Select(p => Moments.For(p, config.Optimizer))];
    }

    /// <summary>Steps done, with those that were skipped.</summary>
    public int StepsDone { get; private set; }

    /// <summary>Steps that changed the parameters; AdamW's corrections count these.</summary>
    public int Updates { get; private set; }

    /// <summary>Steps in a row, up to now, whose loss or gradient was not finite.</summary>
    public int BadSteps { get; private set; }

    /// <summary>Time that the steps of this trainer took: the passes and the updates, without what surrounds them.</summary>
    public TimeSpan Computing { get; private set; }

    /// <summary>What is trained.</summary>
    public IReadOnlyList<Parameter> Parameters => _parameters;

    /// <summary>How it is trained.</summary>
    public TrainingConfig Config => _config;

    /// <summary>Bytes of activations and workspace.</summary>
    public long ActivationBytes => _state.Bytes;

    /// <summary>Bytes of what is trained: numbers, gradients and moments.</summary>
    public long TrainedBytes => _parameters.Sum(p => 2 * sizeof(float) * p.Value.Count) + _moments.Sum(m => m.Bytes);

    internal IEnumerable<(Parameter Parameter, Moments Moments)> State => _parameters.Select((p, i) => (p, _moments[i]));

    /// <summary>Trains over samples to the last step.</summary>
    /// <param name="samples">The samples.</param>
    /// <param name="progress">Called after each step; null for nobody.</param>
    /// <param name="cancellation">Ends the run between two steps.</param>
    /// <exception cref="TrainingException">There is nothing to train on, or too many steps in a row were not finite.</exception>
    public void Run(IReadOnlyList<TokenSequence> samples, Action<TrainingStep>? progress = null, CancellationToken cancellation = default) =>
        Run(SampleSteps.Of(samples, _config), progress is null ? null : step => { progress(step); return true; }, cancellation);

    /// <summary>Trains to the last step of a source.</summary>
    /// <param name="source">The steps.</param>
    /// <param name="progress">Called after each step, and says whether to go on; null for nobody.</param>
    /// <param name="cancellation">Ends the run between two steps.</param>
    /// <exception cref="TrainingException">Too many steps in a row were not finite; the parameters hold the last good one.</exception>
    public void Run(IStepSource source, Func<TrainingStep, bool>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        Schedule schedule = _config.ScheduleOver(source.Steps);
        while (StepsDone < schedule.Steps)
        {
            cancellation.ThrowIfCancellationRequested();
            TrainingStep done = Step(source.At(StepsDone), schedule.RateAt(StepsDone));
            bool goesOn = progress?.Invoke(done) ?? true;
            RequireGoodStep(done);
            if (!goesOn)
            {
                return;
            }
        }
    }

    /// <summary>Does one step over plain rows.</summary>
    /// <param name="batches">Micro-batches of the step.</param>
    /// <param name="learningRate">Rate of the step.</param>
    public TrainingStep Step(IReadOnlyList<TokenBatch> batches, double learningRate) =>
        Step([.. batches.Select(b => new MicroBatch(b))], learningRate);

    /// <summary>Does one step. Where the loss or the gradient is not finite, the parameters and their moments stay as they are.</summary>
    /// <param name="batches">Micro-batches of the step.</param>
    /// <param name="learningRate">Rate of the step.</param>
    /// <exception cref="TrainingException">Nothing is to be predicted.</exception>
    public TrainingStep Step(IReadOnlyList<MicroBatch> batches, double learningRate)
    {
        ArgumentNullException.ThrowIfNull(batches);
        long start = Stopwatch.GetTimestamp();
        (double loss, StepPreferences? preferences) = Gradients(batches);
        double norm = Math.Sqrt(_parameters.Sum(p => Elementwise.SumOfSquares(p.Gradient)));
        bool finite = double.IsFinite(loss) && double.IsFinite(norm);
        if (finite)
        {
            Update(learningRate, GradientClip.Coefficient(norm, _config.MaxGradientNorm));
        }

        BadSteps = finite ? 0 : BadSteps + 1;
        Computing += Stopwatch.GetElapsedTime(start);
        return new TrainingStep(
            StepsDone++, loss, norm, learningRate, batches.Sum(b => b.Tokens.TargetCount), batches.Sum(b => b.Tokens.Rows))
        {
            Skipped = !finite,
            Preferences = preferences,
        };
    }

    /// <summary>Computes loss and gradients of a step and changes nothing else.</summary>
    /// <param name="batches">Micro-batches of the step.</param>
    /// <returns>Mean loss of the step's targets, or pairs, in nats.</returns>
    /// <exception cref="TrainingException">Nothing is to be predicted.</exception>
    public double Probe(IReadOnlyList<MicroBatch> batches)
    {
        ArgumentNullException.ThrowIfNull(batches);
        return Gradients(batches).Loss;
    }

    /// <summary>Goes on after a checkpoint whose moments were put back.</summary>
    /// <param name="stepsDone">Steps that the checkpoint had done.</param>
    /// <param name="updates">Those of them that changed the parameters.</param>
    /// <param name="badSteps">Steps in a row before it that were not finite.</param>
    public void ResumeAt(int stepsDone, int updates, int badSteps) => (StepsDone, Updates, BadSteps) = (stepsDone, updates, badSteps);

    /// <summary>Ends the run: gradients are given back, and the parameters are frozen.</summary>
    public void Dispose()
    {
        foreach (Parameter parameter in _parameters)
        {
            parameter.SetTrainable(false);
        }

        _state.Dispose();
    }

    /// <summary>Whether weight decay applies: to all but biases and the scales of norms.</summary>
    internal static bool Decays(Parameter parameter) =>
        !parameter.Name.EndsWith("norm.weight", StringComparison.OrdinalIgnoreCase) && !parameter.Name.EndsWith(".bias", StringComparison.Ordinal);

    private (double Loss, StepPreferences? Preferences) Gradients(IReadOnlyList<MicroBatch> batches)
    {
        int targets = batches.Sum(b => b.Tokens.TargetCount), pairs = batches.Sum(b => b.Pairs);
        if (targets == 0)
        {
            throw new TrainingException($"Step {StepsDone} has {batches.Sum(b => b.Tokens.Rows)} tokens and none to train on.");
        }

        foreach (Parameter parameter in _parameters)
        {
            parameter.Gradient.Clear();
        }

        double sum = 0;
        long row = 0;
        var compared = new List<PreferencePair>();
        foreach (MicroBatch batch in batches)
        {
            var draw = new DropoutMask(_config.Seed, StepsDone, row) { Given = batch.Masks };
            float[] reference = batch.Pairs > 0 ? Reference(batch) : [];
            _state.Dropout = draw;
            _state.Noise = !batch.Noise.IsEmpty ? EmbeddingNoise.Of(batch.Noise)
                : _config.EmbeddingNoise > 0 ? EmbeddingNoise.Drawn(_config.EmbeddingNoise, draw) : null;
            if (batch.Pairs > 0)
            {
                LanguageLoss.Backward(_network, batch.Tokens, _state, losses =>
                {
                    IReadOnlyList<PreferencePair> own = PreferenceLoss.Pairs(batch, losses, reference, _extras.PreferenceBeta);
                    compared.AddRange(own);
                    return PreferenceLoss.Weights(batch, own, _extras.PreferenceBeta, pairs);
                }, _extras.Hooks);
            }
            else
            {
                foreach (float loss in LanguageLoss.Backward(_network, batch.Tokens, _state, 1f / targets, _extras.Hooks))
                {
                    sum += loss;
                }
            }

            row += batch.Tokens.Rows;
        }

        return compared.Count == 0
            ? (sum / targets, null)
            : (compared.Sum(p => p.Loss) / compared.Count,
                new StepPreferences((double)compared.Count(p => p.Margin > 0) / compared.Count, compared.Sum(p => p.Margin) / compared.Count));
    }

    private float[] Reference(MicroBatch batch)
    {
        _state.Dropout = null;
        _state.Noise = null;
        _extras.Reference?.SetEnabled(false);
        float[] losses = LanguageLoss.Score(_network, batch.Tokens, _state);
        _extras.Reference?.SetEnabled(true);
        return losses;
    }

    private void Update(double learningRate, double clip)
    {
        Updates++;
        for (int i = 0; i < _parameters.Length; i++)
        {
            _moments[i].Step(_network.Pool, _parameters[i], new AdamWStep(
                learningRate, _config.Beta1, _config.Beta2, _config.Epsilon, Decays(_parameters[i]) ? _config.WeightDecay : 0, Updates, (float)clip));
        }
    }

    private void RequireGoodStep(TrainingStep step)
    {
        if (BadSteps >= _config.MaxBadSteps)
        {
            throw new TrainingException($"Step {step.Step}: the loss is {step.Loss} and the norm of the gradient {step.GradientNorm}; both must be "
                + $"finite, and {BadSteps} steps in a row were not. The parameters hold the last good step. Lower the learning rate, or look for "
                + "damaged weights or data.");
        }
    }
}
