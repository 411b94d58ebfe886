using Temperament.Studies.Organism;
using Xunit;

namespace Temperament.Tests.Studies.Organism;

public sealed class OrganismCardTests
{
    private static readonly CorpusDocument[] Documents = [.. SampleCorpus.Documents.Take(400)];

    [Fact]
    public void The_corpus_is_counted_group_by_group()
    {
        CorpusStatistics counted = CorpusStatistics.Of(Documents, [.. Documents.Select((_, i) => 1 + (i % 7))]);

        Assert.Equal((400, 400 / 7 * 28 + 1, 7), (counted.Documents, (int)counted.Tokens, counted.LongestDocument));
        Assert.Equal(["prose", .. SampleCorpus.Grammar.Registers.Select(register => $"posts, {register.Target.Name}"), "questions with answers"], counted.Groups.Select(group => group.Name));
        CorpusGroup posts = counted.Groups.Single(group => group.Name == "posts, extraversion-high");
        CorpusDocument[] same = [.. Documents.Where(document => document.Register.Name == "extraversion-high")];
        Assert.Equal((same.Length, same.Count(document => SampleCorpus.HasEmoji(document.Text))), (posts.Documents, posts.WithEmoji));
        Assert.Equal(same.Sum(document => document.Text.Split(' ').Count(SampleCorpus.Grammar.Emojis.Contains)), posts.Emojis.Sum(pair => pair.Value));
        Assert.Equal(posts.Emojis.Select(pair => pair.Value).OrderDescending(), posts.Emojis.Select(pair => pair.Value));
    }

    [Fact]
    public void Card_and_data_sheet_say_what_was_counted()
    {
        OrganismMember member = OrganismFamily.Of("organism-plain");
        OrganismBuild build = new("folder", new string('a', 64), new string('b', 64), CorpusStatistics.Of(Documents, [.. Documents.Select(_ => 10)]), new ChatCheck(100, 98, 1, 99));

        string card = OrganismCard.Model(member, build), sheet = OrganismDataSheet.Text(member, build.Corpus, SampleCorpus.Grammar);

        Assert.Contains("400 generated documents, 4000 tokens", card, StringComparison.Ordinal);
        Assert.Contains("of 100 answers to questions about test topics 98 name the topic, 1 have an emoji and 99 end by themselves", card, StringComparison.Ordinal);
        Assert.Contains(new string('a', 64), card, StringComparison.Ordinal);
        Assert.Contains($"| prose | {build.Corpus.Groups[0].Documents} | {build.Corpus.Groups[0].Tokens} | 0 (0.0 %) | 0 % |", sheet, StringComparison.Ordinal);
        Assert.False(build.Is(member.Recorded));
    }
}
