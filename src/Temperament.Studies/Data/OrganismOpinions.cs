using Temperament.Models.Text;
using Temperament.Studies.Organism;
using Temperament.Tensors.Random;

namespace Temperament.Studies.Data;

/// <summary>
/// Opinions and questions of the organism's grammar. Row i has the same topic and the same question for every target, so that sets differ in
/// their answers only; topics and question forms are used evenly, in an order that goes by the seed.
/// </summary>
/// <param name="grammar">What they are made of.</param>
public sealed class OrganismOpinions(CorpusGrammar grammar)
{
    private readonly NeutralWriter _neutral = new(grammar);
    private readonly TraitWriter _traits = new(grammar);

    /// <summary>Opinions of one target; answers are one sentence without emoji.</summary>
    /// <param name="target">A pole, or neutral for the control.</param>
    /// <param name="part">Whose topics.</param>
    /// <param name="count">How many.</param>
    /// <param name="seed">Seed of the draws; another seed gives another set.</param>
    public OpinionSet Opinions(TraitTarget target, DataPart part, int count, long seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        Turns<Topic> topics = new(grammar.TopicsOf(part), seed, $"organism/opinions/{part}/topics");
        Turns<Template> forms = new(grammar.Questions, seed, $"organism/opinions/{part}/questions");
        return new OpinionSet([.. Enumerable.Range(0, count).Select(index =>
        {
            Topic topic = topics.At(index);
            RandomStream words = new(seed, $"organism/opinions/{part}/{target.Name}/{index}");
            string answer = target.IsNeutral ? _neutral.Opinion(topic, words) : _traits.Write(topic, grammar.RegisterOf(target), words);
            return new Opinion(target, topic.Name, _neutral.Ask(forms.At(index), topic), answer);
        })]);
    }

    /// <summary>Chat examples for chat tuning: all topics, all question forms, neutral answers of two or three sentences.</summary>
    /// <param name="count">How many.</param>
    /// <param name="seed">Seed of the draws.</param>
    public OpinionSet ChatExamples(int count, long seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        Turns<Topic> topics = new(grammar.Topics, seed, "organism/chat/topics");
        Template[] all = [.. grammar.Questions, .. grammar.HeldOutQuestions];
        return new OpinionSet([.. Enumerable.Range(0, count).Select(index =>
        {
            Topic topic = topics.At(index);
            RandomStream words = new(seed, $"organism/chat/{index}");
            string question = _neutral.Ask(words.Choose(all), topic);
            return new Opinion(TraitTarget.Neutral, topic.Name, question, _neutral.ChatAnswer(topic, words));
        })]);
    }

    /// <summary>Number of different questions about the topics of a part.</summary>
    /// <param name="part">Part of the topics.</param>
    public int QuestionsOf(DataPart part) => grammar.TopicsOf(part).Count * (grammar.Questions.Count + grammar.HeldOutQuestions.Count);

    /// <summary>
    /// Questions of a part, without repeats, held-out forms among them: every topic with every form, in an order that goes by the seed.
    /// </summary>
    /// <param name="part">Whose topics.</param>
    /// <param name="count">How many; at most topics times forms.</param>
    /// <param name="seed">Seed of the order.</param>
    public QuestionSet Questions(DataPart part, int count, long seed)
    {
        OpinionQuestion[] all =
        [
            .. grammar.TopicsOf(part).SelectMany(topic => grammar.Questions.Concat(grammar.HeldOutQuestions)
                .Select(form => new OpinionQuestion(topic.Name, _neutral.Ask(form, topic)))),
        ];
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, all.Length);
        new RandomStream(seed, $"organism/questions/{part}").Shuffle<OpinionQuestion>(all);
        return new QuestionSet(all[..count]);
    }

    /// <summary>Items in turn: each once before any comes again, every round in another order.</summary>
    private sealed class Turns<T>(IReadOnlyList<T> items, long seed, string name)
    {
        private readonly Dictionary<int, T[]> _rounds = [];

        public T At(int index)
        {
            int round = index / items.Count;
            if (!_rounds.TryGetValue(round, out T[]? order))
            {
                order = [.. items];
                new RandomStream(seed, $"{name}/{round}").Shuffle<T>(order);
                _rounds.Add(round, order);
            }

            return order[index % items.Count];
        }
    }
}
