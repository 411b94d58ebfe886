using Temperament.Methods.Adapters;
using Temperament.Models;
using Temperament.Models.Checkpoints;
using Temperament.Models.Decoder;
using Temperament.Models.Hooks;
using Temperament.Tensors.Memory;

namespace Temperament.Methods.Training;

/// <summary>
/// One run of a recipe, in a folder: log, checkpoints, what was trained, and its passport. A run that was stopped or killed goes on from its
/// last checkpoint and gives the same bytes as one that never stopped.
/// </summary>
public sealed class TrainingRun : IDisposable
{
    /// <summary>Name of the checkpoint in the folder; it is removed when the adapter is there.</summary>
    public const string CheckpointName = "checkpoint.safetensors";

    // Tokens of the first sample whose logits are compared before and after.
    private const int ComparedTokens = 32;

    private readonly LanguageModel _model;
    private readonly TrainingData _data;
    private readonly Recipe _recipe;
    private readonly TrainingInputs _inputs;
    private readonly string _key;
    private readonly TrainingSubject _subject;
    private readonly IStepSource _source;
    private readonly RunEvaluation _evaluation;
    private readonly TrainingExtras _extras;

    /// <summary>Prepares a run, and looks at it before its first step: what is trained is put on the model.</summary>
    /// <param name="model">The base, without an adapter; stays the caller's.</param>
    /// <param name="data">What is trained and validated on.</param>
    /// <param name="recipe">The recipe.</param>
    /// <param name="answers">Measures answers while the run goes on; null for the loss alone.</param>
    /// <exception cref="TrainingException">Nothing is trained in any sample, stop tokens are missing, or the disk has no room.</exception>
    /// <exception cref="AdapterException">The targets match no module.</exception>
    public TrainingRun(LanguageModel model, TrainingData data, Recipe recipe, IAnswerEvaluator? answers = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(recipe);
        (_model, _data, _recipe) = (model, data, recipe);
        if (data.HasPairs != recipe.Preference is not null)
        {
            throw new TrainingException(data.HasPairs ? "The batches are preference pairs and the recipe has no \"preference\". Add it, with its beta."
                : "The recipe has \"preference\" and the data are no pairs. Name the answers that are not preferred.");
        }

        _inputs = TrainingInputs.Of(model, data, recipe);
        _key = RecipeJson.Key(recipe, _inputs);
        _source = data.Steps(recipe.Training);
        _evaluation = new RunEvaluation(model, data, recipe, answers);
        _subject = TrainingSubject.Of(model, recipe);
        try
        {
            _extras = new TrainingExtras { Reference = _subject.Adapter, PreferenceBeta = recipe.Preference?.Beta ?? 0, Hooks = Steering() };
            Preview = TrainingPreview.Of(model, data, recipe, _source, _subject);
            Preview.RequireSound(recipe);
            _recipe = recipe with { Training = recipe.Training with { Checkpointing = Preview.Checkpoints } };
        }
        catch
        {
            _subject.Dispose();
            throw;
        }
    }

    /// <summary>What the run is about to do.</summary>
    public TrainingPreview Preview { get; }

    /// <summary>Number of steps.</summary>
    public int Steps => _source.Steps;

    /// <summary>Modules that are trained.</summary>
    public int Modules => _subject.Modules;

    /// <summary>What is worth saying about the adapter that the run starts from.</summary>
    public IReadOnlyList<string> Notes => _subject.Adapter?.Notes ?? [];

    /// <summary>Seconds that the run is expected to take, from one step that is computed a few times and thrown away.</summary>
    public double EstimateSeconds()
    {
        using Trainer trainer = Trainer();
        return TrainingTime.Estimate(trainer, _source);
    }

    /// <summary>Float32 operations of a step in the linear layers and the output layer: 4 N a token over a frozen base, 6 N for all weights, and
    /// 2 N more where the blocks are computed again.</summary>
    /// <param name="step">What the step did.</param>
    public double Operations(TrainingStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        return TrainingWork.Operations(_model.Network, step, _recipe.Train == TrainedWeights.Full, _recipe.Training.Checkpointing);
    }

    /// <summary>Whether the folder holds the result of this very run, so that there is nothing to do.</summary>
    /// <param name="resume">Whether the checkpoint of the folder is taken up.</param>
    /// <exception cref="TrainingException">The folder holds something else, or another process trains into it.</exception>
    public bool IsDone(bool resume) => RunFolder.Holds(_recipe.Out, _key, resume);

    /// <summary>Trains, and writes the result.</summary>
    /// <param name="resume">Whether the checkpoint of the folder is taken up.</param>
    /// <param name="progress">Called after each step; null for nobody.</param>
    /// <param name="cancellation">Ends the run between two steps, with a checkpoint.</param>
    /// <exception cref="TrainingException">The folder holds something else, the numbers went bad, or training changed nothing.</exception>
    /// <exception cref="OperationCanceledException">The run was stopped; a checkpoint was written.</exception>
    public TrainingResult Run(bool resume, Action<TrainingStep>? progress = null, CancellationToken cancellation = default)
    {
        string checkpoint = Path.Combine(_recipe.Out, CheckpointName);
        if (IsDone(resume))
        {
            return new TrainingResult(_recipe.Out, Count, Steps, Preview.InitialLoss, double.NaN, double.NaN, WasThere: true);
        }

        Directory.CreateDirectory(_recipe.Out);
        using RunLock held = RunLock.Take(_recipe.Out);
        foreach (string left in Directory.GetFiles(_recipe.Out, "*.partial"))
        {
            // Half a file of a process that was killed while it wrote.
            File.Delete(left);
        }

        bool takesUp = resume && File.Exists(checkpoint);
        Tensor before = FirstLogits();
        using Trainer trainer = Trainer();
        using var log = new TrainingLog(_recipe.Out, append: takesUp);
        if (takesUp)
        {
            _evaluation.Restore(TrainingCheckpoint.Restore(checkpoint, trainer, _key));
        }

        string frozen = FrozenHash();
        TrainingResult result;
        try
        {
            Announce(log, takesUp, trainer.StepsDone);
            Train(trainer, log, checkpoint, progress, cancellation);
            result = Finish(trainer, frozen, before);
            log.Write("done", json => json.WriteNumber("step", trainer.StepsDone));
        }
        catch (IOException error)
        {
            throw new TrainingException($"{_recipe.Out}: writing failed after {trainer.StepsDone} of {Steps} steps; expected room on the disk: {error.Message} "
                + (File.Exists(checkpoint) ? "The last checkpoint is whole: free some space and go on with --resume."
                    : "There is no checkpoint yet: free some space and start again."), error);
        }

        File.Delete(checkpoint);
        _evaluation.Clean();
        return result;
    }

    /// <summary>Takes what was trained off the model.</summary>
    public void Dispose() => _subject.Dispose();

    private int Count => _data.Given is null ? _data.Samples.Count : _data.Given.Steps;

    private Trainer Trainer() => new(_model.Network, _subject.Parameters, _recipe.Training, _extras);

    private HookSet? Steering()
    {
        if (_recipe.Steering is not { } steering)
        {
            return null;
        }

        using SafetensorsFile file = SafetensorsFile.Open(steering.Path);
        Tensor vector = file.ReadTensor(steering.Tensor);
        return vector.Rows == 1 && vector.Columns == _model.Config.HiddenSize && steering.Block < _model.Config.Layers
            ? new HookSet(new PreventativeSteering(vector, steering.Block, steering.Strength))
            : throw new TrainingException($"{steering.Path}: read {steering.Tensor} of shape ({vector.Rows}, {vector.Columns}) for block {steering.Block}; "
                + $"expected ({_model.Config.HiddenSize}) and a block below {_model.Config.Layers}. The vector is of another model.");
    }

    private string FrozenHash() => FrozenWeights.HashOf(_model.Network, _subject.Parameters.Select(p => p.Name).ToHashSet());

    private void Announce(TrainingLog log, bool takesUp, int stepsDone) => log.Write(takesUp ? "resume" : "start", json =>
    {
        json.WriteString("run", _key);
        json.WriteNumber("step", stepsDone);
        json.WriteNumber("steps", Steps);
        json.WriteNumber("samples", Count);
        json.WriteNumber("threads", _model.Pool.Threads);
        json.WriteBoolean("checkpointing", Preview.Checkpoints);
        json.WriteString("base", _recipe.Lora.BaseModel);
        _inputs.WriteFields(json);
        json.WriteStartObject("recipe");
        RecipeJson.WriteFields(json, _recipe);
        json.WriteEndObject();
    });

    private void Train(Trainer trainer, TrainingLog log, string checkpoint, Action<TrainingStep>? progress, CancellationToken cancellation)
    {
        using var checkpoints = new RunCheckpoints(checkpoint, trainer, _key, _evaluation, log);
        try
        {
            trainer.Run(_source, step =>
            {
                log.Write(step);
                checkpoints.Look();
                progress?.Invoke(step);
                bool goesOn = _evaluation.After(trainer.StepsDone, Steps, _subject.Parameters, log.Write, cancellation);
                if (goesOn && _recipe.SaveEvery > 0 && trainer.StepsDone % _recipe.SaveEvery == 0 && trainer.StepsDone < Steps && trainer.BadSteps == 0)
                {
                    checkpoints.Begin();
                }

                return goesOn;
            }, cancellation);
            checkpoints.Finish();
        }
        catch (OperationCanceledException)
        {
            checkpoints.Settle();
            checkpoints.Begin();
            checkpoints.Finish();
            log.Write("stopped", json => json.WriteNumber("step", trainer.StepsDone));
            throw;
        }
        catch (TrainingException error)
        {
            checkpoints.Settle();
            log.Write("failed", json => json.WriteString("reason", error.Message));
            throw;
        }
    }

    private TrainingResult Finish(Trainer trainer, string frozen, Tensor before)
    {
        _evaluation.TakeBest(_subject.Parameters);
        _subject.RequireChange(trainer.StepsDone);
        double change = LargestChange(before);
        if (!(change > 0))
        {
            throw new TrainingException($"The logits did not move after {trainer.StepsDone} steps. Check the learning rate and the data.");
        }

        if (FrozenHash() != frozen)
        {
            throw new TrainingException("Weights that are frozen have other bits than before the run. Nothing was written; please report this.");
        }

        var result = new TrainingResult(
            _recipe.Out, Count, trainer.StepsDone, Preview.InitialLoss, TrainingPreview.Score(_model, _data.Sequences), change)
        {
            BestStep = _evaluation.BestStep,
            Computing = trainer.Computing,
        };
        _subject.Save(_recipe.Out);
        Passport.Write(_recipe.Out, _recipe, _inputs, result);
        return result;
    }

    private Tensor FirstLogits()
    {
        int[] tokens = _data.Sequences.First().Tokens;
        return SinglePass.Logits(_model.Network, tokens[..Math.Min(ComparedTokens, tokens.Length)]);
    }

    private double LargestChange(Tensor before)
    {
        Tensor after = FirstLogits();
        double largest = 0;
        for (int r = 0; r < after.Rows; r++)
        {
            for (int v = 0; v < after.Columns; v++)
            {
                largest = Math.Max(largest, Math.Abs((double)after[r, v] - before[r, v]));
            }
        }

        return largest;
    }
}
