using Temperament.Models.Decoder;
using Temperament.Tensors.Kernels;
using Temperament.Tensors.Threading;

namespace Temperament.Methods.Training;

/// <summary>
/// Trains a classifier of texts, an encoder's or a head on a decoder with its adapter: cross-entropy of the classes, the mean over the texts
/// of a step, with the optimizer of <see cref="Trainer"/>.
/// </summary>
public sealed class ClassifierTrainer : IDisposable
{
    private readonly ComputePool _pool;
    private readonly TrainingConfig _config;
    private readonly Parameter[] _parameters;
    private readonly Moments[] _moments;

    /// <summary>Prepares a run; the parameters become trainable, with gradients of zero.</summary>
    /// <param name="pool">Threads; stay the caller's.</param>
    /// <param name="parameters">What is trained: all parameters of a classifier, some, or those of an adapter that is on it.</param>
    /// <param name="config">How it is trained; of the rows of a step, what is given counts.</param>
    public ClassifierTrainer(ComputePool pool, IEnumerable<Parameter> parameters, TrainingConfig config)
    {
        ArgumentNullException.ThrowIfNull(pool);
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(config);
        (_pool, _config, _parameters) = (pool, config, [.. parameters]);
        foreach (Parameter parameter in _parameters)
        {
            parameter.SetTrainable(true);
        }

        _moments = [.. _parameters.Select(p => Moments.For(p, config.Optimizer))];
    }

    /// <summary>Steps done, with those that were skipped.</summary>
    public int StepsDone { get; private set; }

    internal int Updates { get; private set; }

    internal IEnumerable<(Parameter Parameter, Moments Moments)> State => _parameters.Select((p, i) => (p, _moments[i]));

    /// <summary>Does one step. Where the loss or the gradient is not finite, the parameters and their moments stay as they are.</summary>
    /// <param name="texts">Number of texts of the step.</param>
    /// <param name="tokens">Number of their tokens.</param>
    /// <param name="learningRate">Rate of the step.</param>
    /// <param name="backward">Takes the weight of a text, adds the gradients, and gives -log p(class) of each text in nats.</param>
    /// <exception cref="TrainingException">There is no text, or not one loss for each.</exception>
    public TrainingStep Step(int texts, int tokens, double learningRate, Func<float, float[]> backward)
    {
        ArgumentNullException.ThrowIfNull(backward);
        if (texts < 1)
        {
            throw new TrainingException($"Step {StepsDone} has no text; expected at least one.");
        }

        foreach (Parameter parameter in _parameters)
        {
            parameter.Gradient.Clear();
        }

        float[] losses = backward(1f / texts);
        if (losses.Length != texts)
        {
            throw new TrainingException($"Step {StepsDone} has {texts} texts and {losses.Length} losses; expected one for each.");
        }

        double loss = losses.Sum(l => (double)l) / texts, norm = Math.Sqrt(_parameters.Sum(p => Elementwise.SumOfSquares(p.Gradient)));
        bool finite = double.IsFinite(loss) && double.IsFinite(norm);
        if (finite)
        {
            Update(learningRate, (float)GradientClip.Coefficient(norm, _config.MaxGradientNorm));
        }

        return new TrainingStep(StepsDone++, loss, norm, learningRate, texts, tokens) { Skipped = !finite };
    }

    /// <summary>Ends the run: gradients are given back, and the parameters are frozen.</summary>
    public void Dispose()
    {
        foreach (Parameter parameter in _parameters)
        {
            parameter.SetTrainable(false);
        }
    }

    internal void ResumeAt(int stepsDone, int updates) => (StepsDone, Updates) = (stepsDone, updates);

    private void Update(double learningRate, float clip)
    {
        Updates++;
        for (int i = 0; i < _parameters.Length; i++)
        {
            _moments[i].Step(_pool, _parameters[i], new AdamWStep(
                learningRate, _config.Beta1, _config.Beta2, _config.Epsilon, Trainer.Decays(_parameters[i]) ? _config.WeightDecay : 0, Updates, clip));
        }
    }
}
