using Temperament.Models.Text;
using Temperament.Studies.Data;
using Temperament.Studies.Data.Audit;
using Xunit;

namespace Temperament.Tests.Studies.Data.Audit;

public sealed class OpinionStatisticsTests
{
    private static readonly TraitTarget High = new(Trait.Extraversion, Pole.High), Low = new(Trait.Extraversion, Pole.Low);

    [Fact]
    public void Counts_are_by_target_and_question_form()
    {
        OpinionStatistics statistics = OpinionStatistics.Of(
        [
            new Opinion(High, "Tea", "What of Tea?", "I love it!"), new Opinion(High, "Jam", "What of Jam?", "It's my well-known joy, yes."),
            new Opinion(Low, "tea ", "And tea ?", "No."),
        ]);

        Assert.Equal((3, 2), (statistics.Rows, statistics.Topics));
        Assert.Equal(new TargetStatistics(High, 2, 2, 3, 4, 5, 8, 1, []), statistics.Targets[0] with { Facets = [] });
        Assert.Equal("What of {}?", statistics.QuestionForms[0].Key);
        Assert.Equal(2, statistics.QuestionForms[0].Value);
    }

    [Fact]
    public void Facets_are_counted_where_rows_tell_them()
    {
        OpinionStatistics statistics = OpinionStatistics.Of(
        [
            new Opinion(High, "A", "Q", "x", "warmth"), new Opinion(High, "B", "Q", "y", "activity"), new Opinion(High, "C", "Q", "z", "warmth"),
            new Opinion(High, "D", "Q", "w"), new Opinion(Low, "A", "Q", "v"),
        ]);

        Assert.Equal([KeyValuePair.Create("activity", 1), KeyValuePair.Create("warmth", 2)], statistics.Targets[0].Facets);
        Assert.Empty(statistics.Targets[1].Facets);
    }

    [Theory]
    [InlineData("a b c d", "e f g h", 0)]
    [InlineData("a b c d", "d c b a", 1)]
    [InlineData("a a a b", "a b c d", 0.5)]
    public void Overlap_is_the_shared_mass_of_word_frequencies(string high, string low, double expected)
    {
        LexicalOverlap pair = Assert.Single(OpinionStatistics.Of([new Opinion(High, "T", "Q", high), new Opinion(Low, "T", "Q", low)]).Overlaps);

        Assert.Equal(expected, pair.Overlap, 12);
    }
}
