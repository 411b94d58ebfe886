using System.Security.Cryptography;
using System.Text;
using Temperament.Measures.Judges;
using Temperament.Methods.Editing.Ike;
using Temperament.Models.Text;
using Temperament.Studies.Data;
using Temperament.Studies.Organism;
using Temperament.Studies.Specification;

namespace Temperament.Studies.Running;

/// <summary>The data of a study: training opinions, held-out opinions and questions on other topics, and the classifier behind trait alignment.</summary>
public sealed class StudyMaterials
{
    private readonly IOpinionSupply _supply;
    private readonly Dictionary<TraitTarget, OpinionSet> _training = [];
    private readonly Dictionary<TraitTarget, OpinionSet> _heldOut = [];
    private readonly Lazy<(TraitClassifier Classifier, ClassifierEvaluation HeldOut, int Examples)> _classifier;

    /// <summary>Opens the data that a study names.</summary>
    /// <param name="data">What is named.</param>
    /// <param name="folder">Folder from which relative paths count.</param>
    public StudyMaterials(StudyData data, string folder)
    {
        ArgumentNullException.ThrowIfNull(data);
        Data = data;
        _supply = data.Opinions == StudyQuestions.FromGrammar ? new GrammarSupply(data) : new FileSupply(data, folder);
        Questions = StudyQuestions.Of(data, folder, _supply);
        QuestionsHash = HashOf(Questions);
        _classifier = new(TrainClassifier);
    }

    /// <summary>What the study names.</summary>
    public StudyData Data { get; }

    /// <summary>The questions that are asked; their topics are in no training opinion.</summary>
    public QuestionSet Questions { get; }

    /// <summary>SHA-256 of the questions.</summary>
    public string QuestionsHash { get; }

    /// <summary>All targets that have opinions, poles first, neutral last.</summary>
    public IReadOnlyList<TraitTarget> Targets => _supply.Targets;

    /// <summary>The classifier; trained when it is first asked for.</summary>
    public TraitClassifier Classifier => _classifier.Value.Classifier;

    /// <summary>How the classifier does on opinions about held-out topics.</summary>
    public ClassifierEvaluation ClassifierHeldOut => _classifier.Value.HeldOut;

    /// <summary>Number of opinions that the classifier was trained on.</summary>
    public int ClassifierExamples => _classifier.Value.Examples;

    /// <summary>SHA-256 of all that scores are made with.</summary>
    public string ScoringHash => Hash(Targets.SelectMany(t => new[] { HashOf(_supply.ClassifierOpinions(t)), HashOf(HeldOut(t)) }));

    /// <summary>The questions that are asked in one way: all, or the first of the list.</summary>
    /// <param name="generation">The way to ask.</param>
    public QuestionSet QuestionsFor(GenerationSpec generation)
    {
        ArgumentNullException.ThrowIfNull(generation);
        return generation.Questions == 0 || generation.Questions >= Questions.Count ? Questions : new QuestionSet([.. Questions.Take(generation.Questions)]);
    }

    /// <summary>SHA-256 of questions.</summary>
    /// <param name="questions">The questions.</param>
    public static string HashOf(QuestionSet questions) => Hash(questions.Select(q => q.Topic + "\t" + q.Text));

    /// <summary>Opinions that an adapter of a target is trained on.</summary>
    /// <param name="target">A pole, or neutral.</param>
    public OpinionSet Training(TraitTarget target) =>
        _training.TryGetValue(target, out OpinionSet? set) ? set : _training[target] = _supply.Training(target);

    /// <summary>Opinions of a target about topics that no adapter saw.</summary>
    /// <param name="target">A pole, or neutral.</param>
    public OpinionSet HeldOut(TraitTarget target) =>
        _heldOut.TryGetValue(target, out OpinionSet? set) ? set : _heldOut[target] = _supply.HeldOut(target);

    /// <summary>SHA-256 of a set of opinions.</summary>
    /// <param name="opinions">The opinions.</param>
    public static string HashOf(OpinionSet opinions) =>
        Hash(opinions.Select(o => $"{o.Target.Name}\t{o.Topic}\t{o.Question}\t{o.Answer}"));

    /// <summary>The emojis of a target's own register where they are known; null for other data.</summary>
    /// <param name="target">A pole, or neutral.</param>
    public IReadOnlyList<string>? OwnEmojis(TraitTarget target) =>
        Data.Opinions == StudyQuestions.FromGrammar && !target.IsNeutral ? CorpusGrammar.Embedded.RegisterOf(target).Emojis : null;

    /// <summary>The five demonstrations of in-context editing: the first training opinion of each high pole, where the data has all five.</summary>
    public IReadOnlyList<IkeDemonstration>? Demonstrations()
    {
        TraitTarget[] high = [.. TraitTarget.Poles.Where(t => t.Pole == Pole.High)];
        return !high.All(Targets.Contains) || !high.All(t => Training(t).Count >= high.Length)
            ? null
            : [.. high.Select((t, i) => Training(t)[i]).Select(o => new IkeDemonstration(o.Target, o.Topic, o.Question, o.Answer))];
    }

    internal static string Hash(IEnumerable<string> lines)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string line in lines)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(line + "\n"));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private (TraitClassifier, ClassifierEvaluation, int) TrainClassifier()
    {
        LabelledText[] examples = [.. Targets.SelectMany(t => _supply.ClassifierOpinions(t).Select(o => new LabelledText(o.Answer, t.Name)))];
        LabelledText[] heldOut = [.. Targets.SelectMany(t => HeldOut(t).Select(o => new LabelledText(o.Answer, t.Name)))];
        TraitClassifier classifier = TraitClassifier.Train(examples);
        return (classifier, classifier.Evaluate(heldOut), examples.Length);
    }
}
