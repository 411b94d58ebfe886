using Temperament.Measures.Emoji;
using Temperament.Measures.Metrics;
using Temperament.Methods;
using Temperament.Methods.Adapters;
using Temperament.Models.Text;
using Temperament.Studies.Data;
using Temperament.Studies.Logs;
using Temperament.Studies.Specification;

namespace Temperament.Studies.Running;

/// <summary>Runs one cell: puts its adapter on where it has one, asks the questions, scores the answers, and writes all of it.</summary>
internal sealed class CellRunner(StudyMaterials materials, CellStore store)
{
    public const string SamplesFile = "samples.jsonl";
    public const string ScoresFile = "scores.jsonl";
    public const string SpecFile = "spec.json";
    public const string MeasuresFile = "measures.json";
    public const string ReadingsFile = "readings.jsonl";

    /// <summary>Runs a cell; its folder is there when this returns.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="adapter">Folder of its adapter; null where nothing is trained.</param>
    /// <param name="baseCell">Folder of the base's cell that was asked in the same way, for readings of its answers; null for no readings.</param>
    /// <param name="subject">Its model.</param>
    /// <param name="progress">Told the share that is done, 0 to 1.</param>
    /// <param name="cancellation">Ends the cell between two steps; nothing of it is kept then.</param>
    public void Run(
        CellSpec cell, string? adapter, string? baseCell, StudySubject subject, Action<double> progress, CancellationToken cancellation) =>
        store.Commit(cell.Key, folder =>
        {
            IMethod method = MethodCatalog.Create(cell.Method, materials.Demonstrations());
            try
            {
                if (adapter is not null)
                {
                    AdapterFile.Load(adapter, subject.Network).Attach(subject.Network);
                }

                QuestionSet questions = materials.QuestionsFor(cell.Generation);
                List<SampleRecord> samples = subject.Ask(
                    questions, q => method.Messages(cell.Target, q.Topic, cell.Generation.Ask(q.Text)), cell.Generation, hooks: null,
                    n => progress((double)n / (questions.Count + 1)), cancellation);
                cancellation.ThrowIfCancellationRequested();
                Write(folder, cell, samples, subject.Perplexity(materials.HeldOut(TraitTarget.Neutral)));
                if (adapter is not null && baseCell is not null && cell.SameTextQuestions > 0)
                {
                    SameText.Write(Path.Combine(folder, ReadingsFile), SameText.Read(
                        subject, cell, JsonLines.Read(Path.Combine(baseCell, SamplesFile), SampleRecord.Read), samples));
                }
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

    private void Write(string folder, CellSpec cell, List<SampleRecord> samples, Perplexity neutral)
    {
        JsonLines.Write(Path.Combine(folder, SamplesFile), samples, (s, json) => s.Write(json));
        JsonLines.Write(Path.Combine(folder, ScoresFile), Score(samples), (s, json) => s.Write(json));
        JsonLines.WriteObject(Path.Combine(folder, MeasuresFile), json =>
        {
            json.WriteNumber("neutralTokens", neutral.Tokens);
            json.WriteNumber("neutralNegativeLogLikelihood", neutral.NegativeLogLikelihood);
        });
        Models.Checkpoints.AtomicFile.Write(Path.Combine(folder, SpecFile), cell.ToJson());
    }
}
