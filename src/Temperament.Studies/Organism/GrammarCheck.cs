using Temperament.Models.Text;
using Temperament.Studies.Data;

namespace Temperament.Studies.Organism;

/// <summary>Refuses a grammar whose parts do not fit together, so that no writer has to doubt them.</summary>
internal static class GrammarCheck
{
    /// <summary>Checks the parts.</summary>
    /// <param name="parts">What was read.</param>
    /// <exception cref="OrganismGrammarException">A part is wrong; the message names it.</exception>
    public static void Run(GrammarParts parts)
    {
        CheckTopics(parts.Topics);
        CheckTemplates(parts);
        CheckRates(parts);
        TraitTarget[] targets = [.. parts.Registers.Select(register => register.Target)];
        Require(targets.SequenceEqual(TraitTarget.Poles), "registers", string.Join(", ", targets), "each of the ten poles once");
        foreach (Register register in parts.Registers)
        {
            CheckRegister(register, parts.Emoji.Weights.Count);
        }

        string? twice = parts.Registers.SelectMany(register => register.Emojis).GroupBy(emoji => emoji).FirstOrDefault(group => group.Count() > 1)?.Key;
        Require(twice is null, "registers", twice ?? string.Empty, "each emoji in one register only");
    }

    private static void CheckTopics(IReadOnlyList<Topic> topics)
    {
        foreach (IGrouping<Category, Topic> group in topics.GroupBy(topic => topic.Category))
        {
            Category category = group.Key;
            Require(group.Count() >= 2, category.Name, $"{group.Count()} topics", "at least two");
            Require(category.Aspects.Count >= 2, category.Name, $"{category.Aspects.Count} aspects", "at least two");
            Require(category.Places.Count > 0 && category.People.Count > 0, category.Name, "nothing", "places and people");
        }

        foreach (Topic topic in topics)
        {
            Require(topic.Do.EndsWith(" " + topic.Name, StringComparison.Ordinal), topic.Name, topic.Do, "a verb and then the topic");
            Require(topics.Count(other => other.Name == topic.Name) == 1, topic.Name, topic.Name, "each topic once");
        }

        foreach (DataPart part in Enum.GetValues<DataPart>())
        {
            Require(topics.Any(topic => topic.Part == part), "topics", "none", $"at least one topic of the part {part}");
        }
    }

    private static void CheckTemplates(GrammarParts parts)
    {
        IReadOnlyList<Template>[] neutral =
        [
            parts.Prose, parts.Carriers, parts.Questions, parts.HeldOutQuestions, parts.DocumentQuestions, parts.ChatFirst, parts.ChatSecond, parts.ChatThird,
        ];
        foreach (IReadOnlyList<Template> list in neutral)
        {
            Require(list.Count > 0, "templates", "an empty list", "at least one template");
            Template? wrong = list.FirstOrDefault(template => template.NeedsRegister);
            Require(wrong is null, "neutral templates", wrong?.Source ?? string.Empty, "no adjective slot");
        }

        foreach (Template template in parts.Questions.Concat(parts.HeldOutQuestions).Concat(parts.DocumentQuestions).Concat(parts.ChatFirst))
        {
            Require(template.NamesTopic, "questions and first sentences", template.Source, "{t}");
        }
    }

    private static void CheckRates(GrammarParts parts)
    {
        GrammarRates rates = parts.Rates;
        EmojiRules emoji = parts.Emoji;
        double[] shares =
        [
            rates.JoinPost, rates.Opener, rates.Capital, rates.ThirdChatSentence, rates.AnswerExclamation, rates.CarrierShare, emoji.Repeat, emoji.Middle, emoji.End,
        ];
        Require(shares.All(share => share is >= 0 and <= 1), "rates", string.Join(", ", shares), "shares between 0 and 1");
        IReadOnlyList<int>[] counts = [rates.ProseSentences, rates.PostClauses, rates.AnswerClauses, rates.DocumentSentences, emoji.PerMark];
        Require(counts.All(list => list.Count > 0 && list.All(count => count > 0)), "rates", "a count below 1 or no count", "counts from 1");
        Require(rates.Joins.Count > 0 && rates.NeutralJoins.Count > 0, "rates", "no joins", "at least one");
        Require(Math.Abs(emoji.Weights.Sum() - 1) < 1e-9 && emoji.Weights.All(weight => weight > 0), "emoji weights", string.Join(", ", emoji.Weights),
            "positive numbers that sum to 1");
        Require(emoji.Shared.Count == emoji.Weights.Count, "shared emojis", $"{emoji.Shared.Count}", $"{emoji.Weights.Count}, one for each weight");
    }

    private static void CheckRegister(Register register, int weights)
    {
        string name = register.Target.Name;
        Require(register.EmojiRate is >= 0 and <= 1 && register.ExclamationRate is >= 0 and <= 1, name, "a rate", "rates between 0 and 1");
        Require(register.Emojis.Count == weights, name, $"{register.Emojis.Count} emojis", $"{weights}, one for each weight");
        Require(register.Adjectives.Count > 0 && register.Openers.Count > 0, name, "nothing", "adjectives and openers");
        Require(register.Post.Count >= 3 && register.Shared.Count >= 3 && register.Tuning.Count > 0, name, "too few clauses", "three of posts, three shared, one of tuning");
        Template? silent = register.Shared.Concat(register.Tuning).FirstOrDefault(template => !template.NamesTopic);
        Require(silent is null, name, silent?.Source ?? string.Empty, "trait clauses that name the topic");
        string[] sources = [.. register.Post.Concat(register.Shared).Concat(register.Tuning).Select(template => template.Source)];
        Require(sources.Distinct().Count() == sources.Length, name, "a clause twice", "each clause once");
    }

    private static void Require(bool holds, string place, string read, string expected)
    {
        if (!holds)
        {
            throw new OrganismGrammarException(place, read, expected);
        }
    }
}
