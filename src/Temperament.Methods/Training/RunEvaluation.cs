using System.Globalization;
using Temperament.Models;
using Temperament.Models.Checkpoints;
using Temperament.Models.Decoder;

namespace Temperament.Methods.Training;

/// <summary>
/// Evaluations of a run: the loss of the validation samples, measures of answers, the weights of the lowest validation loss, and whether it
/// is time to stop. Only validation decides.
/// </summary>
internal sealed class RunEvaluation
{
    public const string BestName = "best.safetensors";

    private const string BestLossKey = "temper.best_loss", BestStepKey = "temper.best_step", MissesKey = "temper.misses";

    private readonly LanguageModel _model;
    private readonly TrainingData _data;
    private readonly RecipeEvaluation _settings;
    private readonly IAnswerEvaluator? _answers;
    private readonly string _path;
    private double _bestLoss = double.PositiveInfinity;
    private int _bestStep = -1, _misses;

    public RunEvaluation(LanguageModel model, TrainingData data, Recipe recipe, IAnswerEvaluator? answers)
    {
        (_model, _data, _settings) = (model, data, recipe.Evaluation);
        _answers = recipe.Evaluation.Answers > 0 ? answers : null;
        _path = Path.Combine(recipe.Out, BestName);
        if (_settings.Every > 0 && data.Validation.Count == 0 && _answers is null)
        {
            throw new TrainingException("evaluation.every is set and there is nothing to evaluate on. Set data.validationShare, or evaluation.answers.");
        }

        if (_settings.Patience > 0 && data.Validation.Count == 0)
        {
            throw new TrainingException("evaluation.patience is set and there are no validation samples. Set data.validationShare.");
        }
    }

    /// <summary>Whether there are weights of a lowest validation loss.</summary>
    public int? BestStep => _bestStep < 0 ? null : _bestStep;

    /// <summary>What a checkpoint has to keep.</summary>
    public IReadOnlyDictionary<string, string> Notes => new Dictionary<string, string>
    {
        [BestLossKey] = _bestLoss.ToString("r", CultureInfo.InvariantCulture),
        [BestStepKey] = _bestStep.ToString(CultureInfo.InvariantCulture),
        [MissesKey] = _misses.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>Takes up what <see cref="Notes"/> gave.</summary>
    public void Restore(IReadOnlyDictionary<string, string> notes)
    {
        _bestLoss = double.Parse(notes[BestLossKey], CultureInfo.InvariantCulture);
        _bestStep = int.Parse(notes[BestStepKey], CultureInfo.InvariantCulture);
        _misses = int.Parse(notes[MissesKey], CultureInfo.InvariantCulture);
    }

    /// <summary>Evaluates after a step where it is due.</summary>
    /// <param name="stepsDone">Steps done.</param>
    /// <param name="steps">Steps of the run.</param>
    /// <param name="parameters">What is trained.</param>
    /// <param name="report">Told the step and the measures.</param>
    /// <param name="cancellation">Ends the evaluation.</param>
    /// <returns>Whether the run goes on.</returns>
    public bool After(
        int stepsDone, int steps, IReadOnlyList<Parameter> parameters, Action<int, IReadOnlyList<EvaluationScore>> report, CancellationToken cancellation)
    {
        if (_settings.Every == 0 || (stepsDone % _settings.Every != 0 && stepsDone != steps))
        {
            return true;
        }

        var scores = new List<EvaluationScore>();
        if (_data.Validation.Count > 0)
        {
            double loss = TrainingPreview.Score(_model, _data.Validation.Select(s => s.Sequence), int.MaxValue);
            scores.Add(new EvaluationScore("validation loss", loss));
            Judge(loss, stepsDone, parameters);
        }

        scores.AddRange(_answers?.Evaluate(_model, cancellation) ?? []);
        report(stepsDone, scores);
        return _settings.Patience == 0 || _misses < _settings.Patience;
    }

    /// <summary>Puts the weights of the lowest validation loss back, where they are wanted.</summary>
    public void TakeBest(IReadOnlyList<Parameter> parameters)
    {
        if (!_settings.KeepsBest || _bestStep < 0)
        {
            return;
        }

        using SafetensorsFile file = SafetensorsFile.Open(_path);
        foreach (Parameter parameter in parameters)
        {
            file.ReadFloats(parameter.Name).CopyTo(parameter.Value.Span);
        }
    }

    /// <summary>Removes the file of the best weights.</summary>
    public void Clean() => File.Delete(_path);

    private void Judge(double loss, int stepsDone, IReadOnlyList<Parameter> parameters)
    {
        if (!(loss < _bestLoss))
        {
            _misses++;
            return;
        }

        (_bestLoss, _bestStep, _misses) = (loss, stepsDone, 0);
        if (_settings.KeepsBest)
        {
            SafetensorsWriter.Write(_path, [.. parameters.Select(p => SafetensorsTensor.F32(p.Name, p.Value))]);
        }
    }
}
