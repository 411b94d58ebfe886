using Temperament.Measures.Emoji;
using Temperament.Methods.Adapters;
using Temperament.Methods.Training;
using Temperament.Models.Decoder;
using Temperament.Studies.Data;
using Temperament.Studies.Logs;
using Temperament.Studies.Specification;

namespace Temperament.Studies.Running;

/// <summary>Trains one adapter and keeps it at its end and at earlier steps, so that all of them are measured from one training.</summary>
internal sealed class AdapterRunner(StudyMaterials materials, CellStore store)
{
    public const string EventsFile = "events.jsonl";
    private const string End = "end";

    /// <summary>Folder of an adapter in its training's folder.</summary>
    /// <param name="training">The training's folder.</param>
    /// <param name="step">Step after which it was kept; null for the end.</param>
    public static string PathOf(string training, int? step) => Path.Combine(training, step is { } kept ? $"step-{kept}" : End);

    /// <summary>Trains; the folder of the training is there when this returns.</summary>
    /// <param name="cell">A cell that is measured with the adapter.</param>
    /// <param name="steps">Steps before the end after which the adapter is kept.</param>
    /// <param name="subject">Its model.</param>
    /// <param name="progress">Told the share that is done, 0 to 1.</param>
    /// <param name="cancellation">Ends the training between two steps; nothing of it is kept then.</param>
    public void Run(CellSpec cell, IReadOnlyList<int> steps, StudySubject subject, Action<double> progress, CancellationToken cancellation) =>
        store.Commit(cell.TrainingKey(steps), folder =>
        {
            try
            {
                List<TrainingStep> events = Train(cell, steps, subject, folder, progress, cancellation);
                JsonLines.Write(Path.Combine(folder, EventsFile), events, (step, json) =>
                {
                    json.WriteStartObject();
                    json.WriteNumber("step", step.Step);
                    json.WriteNumber("loss", step.Loss);
                    json.WriteNumber("gradientNorm", step.GradientNorm);
                    json.WriteNumber("learningRate", step.LearningRate);
                    json.WriteNumber("targets", step.Targets);
                    json.WriteEndObject();
                });
            }
            finally
            {
                LoraAdapter.Detach(subject.Network);
            }
        });

    private List<TrainingStep> Train(
        CellSpec cell, IReadOnlyList<int> steps, StudySubject subject, string folder, Action<double> progress, CancellationToken cancellation)
    {
        AdapterRecipe recipe = cell.Recipe!;
        long seed = cell.Seed!.Value;
        OpinionSet opinions = materials.Training(cell.Target);
        if (opinions.Sum(o => EmojiScanner.Count(o.Answer)) is > 0 and var found)
        {
            throw new StudyException(materials.Data.Opinions, $"{found} emojis in the training answers of {cell.Target.Name}",
                "answers without emoji", "An adapter that is trained on emojis says nothing about emojis that emerge; clean the data.");
        }

        TokenSequence[] samples = [.. opinions.Select(o => subject.Sample(o, cell.StopToken!.Value))];
        var config = new LoraConfig
        {
            Rank = recipe.Rank,
            Alpha = recipe.Alpha,
            Dropout = recipe.Dropout,
            TargetModules = recipe.Targets,
            BaseModel = BaseName.Of(subject.Model.Model),
        };
        LoraAdapter adapter = LoraAdapter.Create(subject.Network, config, seed);
        adapter.Attach(subject.Network);
        TrainingConfig training = recipe.ToTraining(seed);
        var inputs = new TrainingInputs(cell.WeightsHash, cell.TokenizerHash, cell.TemplateHash,
            TrainingData.Of([.. samples.Select(sample => new TrainingSample(sample, cell.StopToken == StopTokenUse.Trained))]).Hash);
        int total = training.StepsFor(samples.Length);
        var events = new List<TrainingStep>();
        using (var trainer = new Trainer(subject.Network, adapter.Parameters, training))
        {
            trainer.Run(samples, step =>
            {
                events.Add(step);
                if (steps.Contains(step.Step + 1))
                {
                    Save(step.Step + 1);
                }

                progress((step.Step + 1.0) / total);
            }, cancellation);
        }

        Save(null);
        return events;

        void Save(int? step)
        {
            string path = PathOf(folder, step);
            AdapterFile.Save(path, adapter);
            Passport.Write(path, PassportRecipe(cell, subject.Model.Model, config, training, path), inputs, new TrainingResult(
                path, samples.Length, events.Count, events[0].Loss, double.NaN, double.NaN));
        }
    }

    private Recipe PassportRecipe(CellSpec cell, string model, LoraConfig config, TrainingConfig training, string path) => new()
    {
        Model = model,
        Quantization = cell.Quantization,
        Data = new RecipeData { Path = materials.Data.Opinions, Target = cell.Target },
        Lora = config,
        Training = training,
        TrainsStopToken = cell.StopToken == StopTokenUse.Trained,
        Part = TrainedPart.Answer,
        Out = path,
    };
}
