using Temperament.Models.Decoder;
using Temperament.Models.Encoders;
using Temperament.Tensors.Kernels;

namespace Temperament.Methods.Training;

/// <summary>Trains an encoder with its classifier: cross-entropy of the classes, the mean over the texts of a step, with the optimizer of <see cref="Trainer"/>.</summary>
public sealed class ClassifierTrainer : IDisposable
{
    private readonly TextClassifier _classifier;
    private readonly TrainingConfig _config;
    private readonly Parameter[] _parameters;
    private readonly Moments[] _moments;
    private readonly EncoderState _state = new(keepsActivations: true);
    private int _updates;

    /// <summary>Prepares a run; the parameters become trainable, with gradients of zero.</summary>
    /// <param name="classifier">The classifier.</param>
    /// <param name="parameters">What is trained: all of <see cref="TextClassifier.Parameters"/>, or some.</param>
    /// <param name="config">How it is trained; of the rows of a step, what is given counts.</param>
    public ClassifierTrainer(TextClassifier classifier, IEnumerable<Parameter> parameters, TrainingConfig config)
    {
        ArgumentNullException.ThrowIfNull(classifier);
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(config);
        (_classifier, _config, _parameters) = (classifier, config, [.. parameters]);
        foreach (Parameter parameter in _parameters)
        {
            parameter.SetTrainable(true);
        }

        _moments = [.. _parameters.Select(p => Moments.For(p, config.Optimizer))];
    }

    /// <summary>Steps done, with those that were skipped.</summary>
    public int StepsDone { get; private set; }

    /// <summary>Does one step. Where the loss or the gradient is not finite, the parameters and their moments stay as they are.</summary>
    /// <param name="texts">Texts of the step.</param>
    /// <param name="labels">Class of each text.</param>
    /// <param name="learningRate">Rate of the step.</param>
    /// <exception cref="TrainingException">There is no text, or not one class for each.</exception>
    public TrainingStep Step(IReadOnlyList<EncoderInput> texts, int[] labels, double learningRate)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(labels);
        if (texts.Count == 0 || texts.Count != labels.Length)
        {
            throw new TrainingException($"Step {StepsDone} has {texts.Count} texts and {labels.Length} classes; expected at least one text, and a class for each.");
        }

        foreach (Parameter parameter in _parameters)
        {
            parameter.Gradient.Clear();
        }

        double loss = _classifier.Backward(texts, labels, _state, 1f / texts.Count).Sum(l => (double)l) / texts.Count;
        double norm = Math.Sqrt(_parameters.Sum(p => Elementwise.SumOfSquares(p.Gradient)));
        bool finite = double.IsFinite(loss) && double.IsFinite(norm);
        if (finite)
        {
            Update(learningRate, (float)GradientClip.Coefficient(norm, _config.MaxGradientNorm));
        }

        return new TrainingStep(StepsDone++, loss, norm, learningRate, texts.Count, texts.Sum(t => t.Tokens.Length)) { Skipped = !finite };
    }

    /// <summary>Ends the run: gradients are given back, and the parameters are frozen.</summary>
    public void Dispose()
    {
        foreach (Parameter parameter in _parameters)
        {
            parameter.SetTrainable(false);
        }

        _state.Dispose();
    }

    private void Update(double learningRate, float clip)
    {
        _updates++;
        for (int i = 0; i < _parameters.Length; i++)
        {
            _moments[i].Step(_classifier.Encoder.Pool, _parameters[i], new AdamWStep(
                learningRate, _config.Beta1, _config.Beta2, _config.Epsilon, Trainer.Decays(_parameters[i]) ? _config.WeightDecay : 0, _updates, clip));
        }
    }
}
