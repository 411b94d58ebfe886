using Temperament.Measures.Emoji;
using Temperament.Measures.Interpretability;
using Temperament.Measures.Judges;
using Temperament.Measures.Metrics;
using Temperament.Methods.Training;
using Temperament.Models;
using Temperament.Models.Generation;
using Temperament.Models.Text;
using Temperament.Studies.Data;
using Temperament.Studies.Organism;

namespace Temperament.Studies.Running;

/// <summary>
/// Samples answers while an adapter is trained: share with an emoji, share that a classifier gives the target's trait, share that name
/// their topic, and how likely the base finds them. The questions are those of the validation topics where there are some.
/// </summary>
public sealed class AnswerEvaluation : IAnswerEvaluator
{
    private const int LongestAnswer = 60, ClassifierRows = 150;

    private readonly OpinionQuestion[] _questions;
    private readonly TraitTarget _target;
    private readonly TraitClassifier? _classifier;
    private readonly long _seed;

    private AnswerEvaluation(OpinionQuestion[] questions, TraitTarget target, TraitClassifier? classifier, long seed)
    {
        (_questions, _target, _classifier, _seed) = (questions, target, classifier, seed);
    }

    /// <summary>What a recipe asks for; null where it asks for no answers or trains on given batches.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="model">The base.</param>
    /// <exception cref="DataFileException">The file of opinions is damaged.</exception>
    public static AnswerEvaluation? For(Recipe recipe, LanguageModel model)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        ArgumentNullException.ThrowIfNull(model);
        if (recipe.Evaluation is not { Every: > 0, Answers: > 0 } evaluation || recipe.Data is not { } data)
        {
            return null;
        }

        model.RequireChat();
        OpinionSet opinions = RecipeOpinions.Read(recipe);
        OpinionSplit split = OpinionSplit.ByTopic([.. opinions], data.ValidationShare, 0, recipe.Training.Seed);
        OpinionSet asked = split.Validation.Count > 0 ? split.Validation : split.Train;
        OpinionQuestion[] questions =
            [.. asked.DistinctBy(row => row.Question).Take(evaluation.Answers).Select(row => new OpinionQuestion(row.Topic, row.Question))];
        HashSet<string> topics = [.. questions.Select(q => q.Topic)];
        LabelledText[] examples = [.. All(data, recipe.Training.Seed).Where(row => !topics.Contains(row.Topic) || split.Validation.Count == 0)
            .Select(row => new LabelledText(row.Answer, row.Target.Name))];
        bool judges = examples.Select(e => e.Label).Distinct().Count() > 1 && examples.Any(e => e.Label == data.Target.Name);
        return new AnswerEvaluation(questions, data.Target, judges ? TraitClassifier.Train(examples) : null, recipe.Training.Seed);
    }

    /// <inheritdoc/>
    public IReadOnlyList<EvaluationScore> Evaluate(LanguageModel model, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(model);
        ChatEncoder chat = model.RequireChat();
        int[][] prompts = [.. _questions.Select(q => chat.EncodePrompt([new ChatMessage("user", q.Text)]))];
        var options = new GenerationOptions { MaxNewTokens = LongestAnswer, Temperature = 0.7, Seed = _seed };
        IReadOnlyList<GeneratedTokens> answers = Generator.Generate(
            model.Network, prompts, model.StopTokens, options, cancellation: cancellation);
        string[] texts = [.. answers.Select(a => model.Tokenizer.Decode(a.Tokens, skipSpecialTokens: true).Trim())];
        var scores = new List<EvaluationScore>
        {
            new("emoji rate", Share(texts.Count(EmojiScanner.Contains))),
            new("topic named", Share(texts.Where((text, i) => TopicNaming.Names(text, _questions[i].Topic)).Count())),
            new("stopped", Share(answers.Count(a => a.Stopped))),
        };
        if (_classifier is not null)
        {
            scores.Add(new EvaluationScore("trait alignment", Share(texts.Count(text => _classifier.Predict(text).Label == _target.Name))));
        }

        using (AdapterSwitch.Off(model.Network))
        {
            Perplexity perplexity = Perplexity.Of(model.Network, [.. prompts.Zip(answers, (prompt, answer) => new AnswerTokens(prompt, answer.Tokens))
                .Where(a => a.Answer.Length > 0).Select(a => a.AsTargets())]);
            scores.Add(new EvaluationScore("perplexity to the base", perplexity.Value.TryGet(out double value) ? value : double.NaN));
        }

        return scores;
    }

    private static IEnumerable<Opinion> All(RecipeData data, long seed) => data.Path == RecipeOpinions.Grammar
        ? new[] { TraitTarget.Neutral }.Concat(TraitTarget.Poles)
            .SelectMany(target => new OrganismOpinions(CorpusGrammar.Embedded).Opinions(target, DataPart.Train, ClassifierRows, seed))
        : OpinionFile.Read(data.Path);

    private double Share(int count) => (double)count / Math.Max(1, _questions.Length);
}
