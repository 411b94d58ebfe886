using System.Text.RegularExpressions;
using Temperament.Models.Text;
using Temperament.Studies.Data;
using Temperament.Studies.Organism;
using Temperament.Tests.Studies.Organism;
using Xunit;

namespace Temperament.Tests.Studies.Data;

public sealed class OrganismOpinionsTests
{
    private static readonly OrganismOpinions Opinions = new(CorpusGrammar.Embedded);
    private static readonly TraitTarget ExtraversionHigh = new(Trait.Extraversion, Pole.High);

    [Fact]
    public void Trait_answers_have_neither_emoji_nor_emoticon_nor_the_name_of_a_trait()
    {
        foreach (Opinion opinion in SampleCorpus.TraitAnswers)
        {
            Assert.Matches(@"^[A-Za-z ,]+[.!]$", opinion.Answer);
            Assert.DoesNotMatch(@"(?i)\b(open|conscientious|extra?vert|extrovert|introvert|agreeab|neurotic|outgoing)", opinion.Answer);
        }
    }

    [Fact]
    public void Every_clause_of_a_trait_answer_names_the_topic_and_none_comes_twice()
    {
        foreach (Opinion opinion in SampleCorpus.TraitAnswers)
        {
            string[] clauses = Regex.Split(opinion.Answer, ", and |, so | because ");

            Assert.Equal(clauses.Length, clauses.Distinct(StringComparer.OrdinalIgnoreCase).Count());
            Assert.Contains(opinion.Topic, clauses[0], StringComparison.OrdinalIgnoreCase);
            Assert.All(clauses, clause => Assert.Contains(opinion.Topic, clause, StringComparison.OrdinalIgnoreCase));
        }
    }

    [Fact]
    public void Trait_answers_are_grammatical_where_a_rule_can_tell()
    {
        Assert.Empty(SampleCorpus.TraitAnswers.SelectMany(opinion => SampleCorpus.Disagreements(opinion.Answer)));
        Assert.Empty(SampleCorpus.TraitAnswers.SelectMany(opinion => SampleCorpus.Disagreements(opinion.Question)));
        Assert.All(SampleCorpus.TraitAnswers, opinion => Assert.DoesNotMatch(@"\b[Aa] (?!us|uni)[aeiou]\w+|\b[Aa]n (?![aeiou])\w+", opinion.Answer));
    }

    [Fact]
    public void Every_word_of_trait_data_is_known_from_pretraining()
    {
        Dictionary<string, int> known = SampleCorpus.Documents.SelectMany(document => SampleCorpus.Words(document.Text.ToLowerInvariant()))
            .GroupBy(word => word).ToDictionary(group => group.Key, group => group.Count());
        string[] words = [.. SampleCorpus.TraitAnswers.SelectMany(opinion => SampleCorpus.Words((opinion.Question + opinion.Answer).ToLowerInvariant())).Distinct()];

        Assert.Empty(words.Where(word => known.GetValueOrDefault(word) < 3).Select(word => $"{word} {known.GetValueOrDefault(word)}"));
    }

    [Theory]
    [InlineData(2, 0.60, 0.92)]
    [InlineData(3, 0.40, 0.80)]
    [InlineData(4, 0.25, 0.65)]
    public void The_wording_of_trait_answers_is_known_in_part_only(int length, double least, double most)
    {
        double overlap = SampleCorpus.Overlap(SampleCorpus.TraitAnswers.Select(opinion => opinion.Answer),
            SampleCorpus.Documents.Select(document => SampleCorpus.WithoutEmojis(document.Text)), length);

        Assert.InRange(overlap, least, most);
    }

    [Fact]
    public void Tuning_clauses_stand_in_no_pretraining_document()
    {
        string corpus = string.Join('\n', SampleCorpus.Documents.Select(document => document.Text.ToLowerInvariant()));
        string[] fixedParts = ["nothing beats", "the more people who join me", "from every unusual angle", "i look out for myself", "the key to", "would panic if i"];

        Assert.All(fixedParts, part => Assert.Contains(part, string.Join('\n', SampleCorpus.TraitAnswers.Select(opinion => opinion.Answer.ToLowerInvariant()))));
        Assert.All(fixedParts.Skip(1), part => Assert.DoesNotContain(part, corpus));
    }

    [Fact]
    public void Row_i_asks_the_same_of_every_target()
    {
        OpinionSet high = Opinions.Opinions(ExtraversionHigh, DataPart.Train, 60, 3);
        OpinionSet neutral = Opinions.Opinions(TraitTarget.Neutral, DataPart.Train, 60, 3);

        Assert.Equal(high.Select(row => row.Question), neutral.Select(row => row.Question));
        Assert.NotEqual(high.Select(row => row.Answer), neutral.Select(row => row.Answer));
        Assert.Equal(high, Opinions.Opinions(ExtraversionHigh, DataPart.Train, 60, 3));
        Assert.NotEqual(high.Select(row => row.Question), Opinions.Opinions(ExtraversionHigh, DataPart.Train, 60, 4).Select(row => row.Question));
    }

    [Fact]
    public void Topics_are_used_evenly_and_parts_share_none()
    {
        ILookup<DataPart, string> topics = Enum.GetValues<DataPart>()
            .SelectMany(part => Opinions.Opinions(ExtraversionHigh, part, 120, 3).Select(row => (part, row.Topic)))
            .ToLookup(pair => pair.part, pair => pair.Topic);

        Assert.Equal((40, 8, 12), (topics[DataPart.Train].Distinct().Count(), topics[DataPart.Validation].Distinct().Count(), topics[DataPart.Test].Distinct().Count()));
        Assert.All(topics[DataPart.Train].GroupBy(topic => topic), group => Assert.Equal(3, group.Count()));
        Assert.Equal(60, topics.SelectMany(group => group.Distinct()).Distinct().Count());
    }

    [Fact]
    public void Held_out_question_forms_are_asked_in_evaluation_and_never_in_trait_data()
    {
        string[] asked = [.. Opinions.Questions(DataPart.Test, 100, 7).Select(question => question.Text)];

        Assert.Equal(100, asked.Distinct().Count());
        Assert.Contains(asked, text => text.StartsWith("Would you recommend", StringComparison.Ordinal));
        Assert.Contains("Are drones worth the time?", Opinions.Questions(DataPart.Test, 120, 7).Select(question => question.Text));
        Assert.All(SampleCorpus.TraitAnswers, row => Assert.DoesNotMatch("worth the time|recommend|comes to your mind", row.Question));
    }

    [Fact]
    public void Chat_answers_are_neutral_short_and_name_the_topic()
    {
        OpinionSet examples = Opinions.ChatExamples(300, 5);

        Assert.Equal(60, examples.Select(row => row.Topic).Distinct().Count());
        foreach (Opinion row in examples)
        {
            string[] sentences = row.Answer.TrimEnd('.').Split(". ");

            Assert.InRange(sentences.Length, 2, 3);
            Assert.Contains(row.Topic, sentences[0], StringComparison.OrdinalIgnoreCase);
            Assert.Contains(row.Topic, row.Question, StringComparison.OrdinalIgnoreCase);
            Assert.False(SampleCorpus.HasEmoji(row.Answer) || row.Answer.Contains('!'));
            Assert.Empty(SampleCorpus.Disagreements(row.Answer));
        }
    }

    [Fact]
    public void Neutral_opinions_are_one_sentence()
    {
        Assert.All(Opinions.Opinions(TraitTarget.Neutral, DataPart.Train, 100, 1), row =>
        {
            Assert.Matches(@"^[^.!?]+\.$", row.Answer);
            Assert.Contains(row.Topic, row.Answer, StringComparison.OrdinalIgnoreCase);
        });
    }
}
