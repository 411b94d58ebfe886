using Temperament.Models.Text;
using Temperament.Studies.Data;
using Temperament.Studies.Data.Classification;
using Xunit;

namespace Temperament.Tests.Studies.Data.Classification;

public sealed class OpinionClassificationTests
{
    private static readonly TraitTarget[] Targets = [new(Trait.Extraversion, Pole.High), new(Trait.Neuroticism, Pole.High)];

    [Fact]
    public void Words_that_carry_the_target_tell_it_on_other_topics()
    {
        ClassificationResult result = OpinionClassification.ByWords(Rows(0, 30), Rows(30, 40));

        Assert.Equal((20, 20, 1.0), (result.Test.Correct, result.Test.Count, result.ChosenAccuracy));
        Assert.StartsWith("penalty", result.Settings, StringComparison.Ordinal);
    }

    [Fact]
    public void A_shared_topic_or_an_unknown_target_is_refused()
    {
        Assert.Contains("share 1 topics", Assert.Throws<OpinionsDoNotFitException>(() => OpinionClassification.ByWords(Rows(0, 30), Rows(29, 31))).Message, StringComparison.Ordinal);
        Assert.Contains("neutral", Assert.Throws<OpinionsDoNotFitException>(() =>
            OpinionClassification.ByWords(Rows(0, 30), [new Opinion(TraitTarget.Neutral, "x", "q", "a")])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Folds_share_no_topic_and_are_of_like_size()
    {
        Opinion[] rows = Rows(0, 30);

        int[] folds = TopicFolds.Of(rows, 3, 1);

        Assert.All(rows.Select((row, index) => (row.Topic, Fold: folds[index])).GroupBy(each => each.Topic), topic => Assert.Single(topic.Select(each => each.Fold).Distinct()));
        Assert.All(folds.GroupBy(fold => fold), fold => Assert.Equal(20, fold.Count()));
    }

    private static Opinion[] Rows(int first, int end) =>
        [.. Enumerable.Range(first, end - first).SelectMany(i => new[]
        {
            new Opinion(Targets[0], $"topic {i}", "Q?", $"everybody come along and sing item{i} with us"),
            new Opinion(Targets[1], $"topic {i}", "Q?", $"I worry that item{i} may go wrong again"),
        })];
}
