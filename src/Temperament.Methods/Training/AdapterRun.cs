using Temperament.Methods.Adapters;
using Temperament.Models;
using Temperament.Models.Decoder;
using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;

namespace Temperament.Methods.Training;

/// <summary>
/// One adapter from a recipe, in a folder: log, checkpoints, the adapter itself and its passport. A run that was stopped or killed goes on
/// from its last checkpoint and gives the same bytes as one that never stopped.
/// </summary>
public sealed class AdapterRun : IDisposable
{
    /// <summary>Name of the checkpoint in the folder; it is removed when the adapter is there.</summary>
    public const string CheckpointName = "checkpoint.safetensors";

    private readonly LanguageModel _model;
    private readonly IReadOnlyList<TrainingSample> _samples;
    private readonly Recipe _recipe;
    private readonly TrainingInputs _inputs;
    private readonly string _key;
    private readonly LoraAdapter _adapter;

    /// <summary>Prepares a run: a fresh adapter is put on the model.</summary>
    /// <param name="model">The base, without an adapter; stays the caller's.</param>
    /// <param name="samples">All samples.</param>
    /// <param name="recipe">The recipe.</param>
    /// <exception cref="TrainingException">Nothing is trained in any sample.</exception>
    /// <exception cref="AdapterException">The targets match no module.</exception>
    public AdapterRun(LanguageModel model, IReadOnlyList<TrainingSample> samples, Recipe recipe)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentNullException.ThrowIfNull(recipe);
        (_model, _samples, _recipe) = (model, samples, recipe);
        _inputs = TrainingInputs.Of(model, samples);
        _key = RecipeJson.Key(recipe, _inputs);
        _adapter = LoraAdapter.Create(model.Network, recipe.Lora, recipe.Training.Seed);
        _adapter.Attach(model.Network);
        Preview = TrainingPreview.Of(model, samples, recipe, _adapter.Parameters.Sum(p => p.Value.Count));
        Steps = recipe.Training.StepsFor(samples.Count);
    }

    /// <summary>What the run is about to do.</summary>
    public TrainingPreview Preview { get; }

    /// <summary>Number of steps.</summary>
    public int Steps { get; }

    /// <summary>Modules that get a branch.</summary>
    public int Modules => _adapter.Branches.Count;

    /// <summary>Trains, and writes the adapter.</summary>
    /// <param name="resume">Whether the checkpoint of the folder is taken up.</param>
    /// <param name="progress">Called after each step; null for nobody.</param>
    /// <param name="cancellation">Ends the run between two steps, with a checkpoint.</param>
    /// <exception cref="TrainingException">The folder holds something else, the numbers went bad, or training changed nothing.</exception>
    /// <exception cref="OperationCanceledException">The run was stopped; a checkpoint was written.</exception>
    public TrainingResult Run(bool resume, Action<TrainingStep>? progress = null, CancellationToken cancellation = default)
    {
        string checkpoint = Path.Combine(_recipe.Out, CheckpointName);
        if (Passport.RunOf(_recipe.Out) is { } finished)
        {
            return finished == _key
                ? new TrainingResult(_recipe.Out, _samples.Count, Steps, Preview.InitialLoss, double.NaN, double.NaN, WasThere: true)
                : throw new TrainingException($"{_recipe.Out} holds the adapter of another run. Train into another folder, or remove this one.");
        }

        if (!resume && File.Exists(checkpoint))
        {
            throw new TrainingException($"{_recipe.Out} holds a run that is not finished. Go on with --resume, or remove {checkpoint}.");
        }

        Directory.CreateDirectory(_recipe.Out);
        bool takesUp = resume && File.Exists(checkpoint);
        using var trainer = new Trainer(_model.Network, _adapter.Parameters, _recipe.Training);
        using var log = new TrainingLog(_recipe.Out, append: takesUp);
        if (takesUp)
        {
            TrainingCheckpoint.Restore(checkpoint, trainer, _key);
        }

        Announce(log, takesUp, trainer.StepsDone);
        Train(trainer, log, checkpoint, progress, cancellation);
        TrainingResult result = Finish(trainer);
        log.Write("done", json => json.WriteNumber("step", trainer.StepsDone));
        File.Delete(checkpoint);
        return result;
    }

    /// <summary>Takes the adapter off the model.</summary>
    public void Dispose() => LoraAdapter.Detach(_model.Network);

    private void Announce(TrainingLog log, bool takesUp, int stepsDone) => log.Write(takesUp ? "resume" : "start", json =>
    {
        json.WriteString("run", _key);
        json.WriteNumber("step", stepsDone);
        json.WriteNumber("steps", Steps);
        json.WriteNumber("samples", _samples.Count);
        json.WriteNumber("threads", _model.Pool.Threads);
        json.WriteString("base", _recipe.Lora.BaseModel);
        _inputs.WriteFields(json);
        json.WriteStartObject("recipe");
        RecipeJson.WriteFields(json, _recipe);
        json.WriteEndObject();
    });

    private void Train(Trainer trainer, TrainingLog log, string checkpoint, Action<TrainingStep>? progress, CancellationToken cancellation)
    {
        void Save()
        {
            TrainingCheckpoint.Save(checkpoint, trainer, _key);
            log.Write("checkpoint", json => json.WriteNumber("step", trainer.StepsDone));
        }

        try
        {
            trainer.Run([.. _samples.Select(s => s.Sequence)], step =>
            {
                log.Write(step);
                progress?.Invoke(step);
                if (_recipe.SaveEvery > 0 && (step.Step + 1) % _recipe.SaveEvery == 0 && step.Step + 1 < Steps)
                {
                    Save();
                }
            }, cancellation);
        }
        catch (OperationCanceledException)
        {
            Save();
            log.Write("stopped", json => json.WriteNumber("step", trainer.StepsDone));
            throw;
        }
    }

    private TrainingResult Finish(Trainer trainer)
    {
        foreach ((string path, LowRank branch) in _adapter.Branches)
        {
            if (Elementwise.SumOfSquares(branch.B.Value) == 0)
            {
                throw new TrainingException($"{path}: B is still 0 after {trainer.StepsDone} steps, so this module learned nothing. "
                    + "Check the learning rate and that the module has an effect.");
            }
        }

        double change = LargestChange();
        if (!(change > 0))
        {
            throw new TrainingException($"The logits did not move after {trainer.StepsDone} steps. Check the learning rate and the data.");
        }

        var result = new TrainingResult(
            _recipe.Out, _samples.Count, trainer.StepsDone, Preview.InitialLoss, TrainingPreview.Score(_model, _samples), change);
        AdapterFile.Save(_recipe.Out, _adapter);
        Passport.Write(_recipe.Out, _recipe, _inputs, result);
        return result;
    }

    private double LargestChange()
    {
        int[] tokens = _samples[0].Sequence.Tokens;
        Tensor tuned = SinglePass.Logits(_model.Network, tokens);
        _adapter.SetEnabled(false);
        Tensor plain = SinglePass.Logits(_model.Network, tokens);
        _adapter.SetEnabled(true);
        double largest = 0;
        for (int r = 0; r < tuned.Rows; r++)
        {
            for (int v = 0; v < tuned.Columns; v++)
            {
                largest = Math.Max(largest, Math.Abs((double)tuned[r, v] - plain[r, v]));
            }
        }

        return largest;
    }
}
