using Temperament.Measures.Emoji;
using Temperament.Measures.Metrics;
using Temperament.Methods;
using Temperament.Methods.Adapters;
using Temperament.Methods.Training;
using Temperament.Models.Decoder;
using Temperament.Models.Text;
using Temperament.Studies.Data;
using Temperament.Studies.Logs;
using Temperament.Studies.Specification;

namespace Temperament.Studies.Running;

/// <summary>Runs one cell: trains its adapter where it has one, asks the questions, scores the answers, and writes all of it.</summary>
internal sealed class CellRunner(StudyMaterials materials, CellStore store)
{
    public const string SamplesFile = "samples.jsonl";
    public const string ScoresFile = "scores.jsonl";
    public const string EventsFile = "events.jsonl";
    public const string SpecFile = "spec.json";
    public const string MeasuresFile = "measures.json";
    public const string AdapterFolder = "adapter";

    /// <summary>Runs a cell; its folder is there when this returns.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="subject">Its model.</param>
    /// <param name="progress">Told the share that is done, 0 to 1.</param>
    /// <param name="cancellation">Ends the cell between two steps; nothing of it is kept then.</param>
    public void Run(CellSpec cell, StudySubject subject, Action<double> progress, CancellationToken cancellation) => store.Commit(cell.Key, folder =>
    {
        IMethod method = MethodCatalog.Create(cell.Method, materials.Demonstrations());
        try
        {
            List<TrainingStep> events = method.TrainsAdapter ? Train(cell, subject, folder, s => progress(0.6 * s), cancellation) : [];
            double from = method.TrainsAdapter ? 0.6 : 0;
            int asked = materials.Questions.Count;
            List<SampleRecord> samples = subject.Ask(
                materials.Questions, q => method.Messages(cell.Target, q.Topic, q.Text), cell.Generation, hooks: null,
                n => progress(from + ((1 - from) * n / asked)), cancellation);
            Write(folder, cell, events, samples, subject.Perplexity(materials.HeldOut(TraitTarget.Neutral)));
        }
        finally
        {
            LoraAdapter.Detach(subject.Network);
        }
    });

    /// <summary>Scores answers: emojis, the classifier's label, whether the topic is named.</summary>
    public IEnumerable<ScoreRecord> Score(IEnumerable<SampleRecord> samples) => samples.Select(s => new ScoreRecord(
        s.Number,
        [.. EmojiScanner.Scan(s.Answer).Where(m => m.IsEmoji).Select(m => m.Text)],
        materials.Classifier.Predict(s.Answer).Label,
        TopicNaming.Names(s.Answer, s.Topic)));

    private List<TrainingStep> Train(CellSpec cell, StudySubject subject, string folder, Action<double> progress, CancellationToken cancellation)
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
            BaseModel = subject.Model.Model,
        };
        LoraAdapter adapter = LoraAdapter.Create(subject.Network, config, seed);
        adapter.Attach(subject.Network);
        TrainingConfig training = recipe.ToTraining(seed);
        int steps = training.StepsFor(samples.Length);
        var events = new List<TrainingStep>();
        using (var trainer = new Trainer(subject.Network, adapter.Parameters, training))
        {
            trainer.Run(samples, step =>
            {
                events.Add(step);
                progress((step.Step + 1.0) / steps);
            }, cancellation);
        }

        AdapterFile.Save(Path.Combine(folder, AdapterFolder), adapter);
        return events;
    }

    private void Write(string folder, CellSpec cell, List<TrainingStep> events, List<SampleRecord> samples, Perplexity neutral)
    {
        JsonLines.Write(Path.Combine(folder, SamplesFile), samples, (s, json) => s.Write(json));
        JsonLines.Write(Path.Combine(folder, ScoresFile), Score(samples), (s, json) => s.Write(json));
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
        JsonLines.WriteObject(Path.Combine(folder, MeasuresFile), json =>
        {
            json.WriteNumber("neutralTokens", neutral.Tokens);
            json.WriteNumber("neutralNegativeLogLikelihood", neutral.NegativeLogLikelihood);
        });
        Models.Checkpoints.AtomicFile.Write(Path.Combine(folder, SpecFile), cell.ToJson());
    }
}
