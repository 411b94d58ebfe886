using Temperament.Measures.Judges;
using Temperament.Measures.Metrics;
using Xunit;

namespace Temperament.Tests.Measures.Metrics;

public class MetricCatalogTests
{
    private static readonly MetricInput Input = new()
    {
        Answers = ["I love public libraries! 🎉🎉 Really.", "No.", "", "Ok 🎉🎉🎉🎉🎉🎉"],
        Topics = ["Public Libraries", "Rain", "Rain", "Rain"],
        Stopped = [true, true, true, false],
        Labels = ["extraversion-high", "neutral"],
        Target = "extraversion-high",
        Predictions =
        [
            new("extraversion-high", [0.9, 0.1]), new("neutral", [0.2, 0.8]), new("neutral", [0.4, 0.6]), new("extraversion-high", [0.7, 0.3]),
        ],
        Masses = [new([Math.Log(0.5), Math.Log(0.5)]), new([Math.Log(0.1)]), new([]), new([0])],
    };

    [Theory]
    [InlineData("emoji-rate", 0.5, 0)]
    [InlineData("emoji-per-answer", 2, 0)]
    [InlineData("emoji-sentence-share", 0.5, 1)]
    [InlineData("emoji-per-sentence", 2, 1)]
    [InlineData("emoji-flood-share", 0.25, 0)]
    [InlineData("expected-emoji-share", (0.75 + 0.1 + 1) / 3, 1)]
    [InlineData("emoji-log-mass", (-0.6931471805599453 - 2.302585092994046) / 3, 1)]
    [InlineData("trait-alignment", 0.5, 0)]
    [InlineData("trait-probability", 0.55, 0)]
    [InlineData("topic-named", 0.25, 0)]
    [InlineData("stopped-share", 0.75, 0)]
    [InlineData("words-per-answer", 1.75, 0)]
    public void A_metric_has_the_value_worked_out_by_hand(string id, double expected, int missing)
    {
        MetricValue value = MetricCatalog.Find(id)!.Compute(Input, 1);

        Assert.Equal(expected, value.Value.Value.Estimate, 1e-12);
        Assert.InRange(expected, value.Value.Value.Low, value.Value.Value.High);
        Assert.Equal((4, missing), (value.Answers, value.Missing));
    }

    [Fact]
    public void Ids_differ_and_every_metric_is_missing_or_bounded_for_no_answers()
    {
        var nothing = new MetricInput { Answers = [] };

        Assert.Distinct(MetricCatalog.All.Select(metric => metric.Id));
        Assert.All(MetricCatalog.All, metric => Assert.False(metric.Compute(nothing, 1).Value.HasValue));
    }

    [Fact]
    public void What_the_input_lacks_is_named_as_the_reason()
    {
        MetricInput bare = new() { Answers = ["No."] };

        Assert.Equal("no classifier", MetricCatalog.Find("trait-alignment")!.Compute(bare, 1).Value.Reason);
        Assert.Equal("no topics", MetricCatalog.Find("topic-named")!.Compute(bare, 1).Value.Reason);
        Assert.Equal(
            "the classifier does not know openness-low",
            MetricCatalog.Find("trait-alignment")!.Compute(Input with { Target = "openness-low" }, 1).Value.Reason);
    }

    [Fact]
    public void The_order_of_answers_does_not_matter_for_the_estimate()
    {
        MetricInput turned = new() { Answers = [.. Input.Answers.Reverse()] };

        foreach (MetricDefinition metric in MetricCatalog.All.Where(metric => metric.Rows(turned).HasValue))
        {
            Assert.Equal(metric.Compute(Input, 1).Value.Value.Estimate, metric.Compute(turned, 1).Value.Value.Estimate, 1e-12);
        }
    }

    [Fact]
    public void Entropy_of_distinct_words_is_the_logarithm_of_their_number()
    {
        // 5 words: 4 bigrams, 3 trigrams, all different: (2/3 * 2 + 4/3 * log2 3) / 2.
        Assert.Equal(((2.0 / 3 * 2) + (4.0 / 3 * Math.Log2(3))) / 2, NgramEntropy.Of("one two three four five").Value, 1e-12);
        Assert.Equal(0, NgramEntropy.Of("ha ha ha ha ha").Value, 1e-12);
        Assert.Equal("fewer than three words", NgramEntropy.Of("Yes!").Reason);
    }

    [Theory]
    [InlineData("The library is public.", "Public Libraries", true)]
    [InlineData("Libraries are fine.", "Public Libraries", false)]
    [InlineData("I like buses.", "The Bus", true)]
    [InlineData("I like it.", "Rain", false)]
    [InlineData("raining", "Rain", false)]
    public void A_topic_is_named_by_all_its_words(string answer, string topic, bool named) =>
        Assert.Equal(named, TopicNaming.Names(answer, topic));

    [Fact]
    public void Alignment_counts_every_label()
    {
        TraitClassifier classifier = TraitClassifier.Train(
            [new("party loud", "a"), new("party fun", "a"), new("quiet home", "b"), new("quiet alone", "b")]);

        TraitAlignment alignment = TraitAlignment.Of(classifier, "a", ["party time", "party", "quiet", "party and quiet party 🎉"]);

        Assert.Equal(4, alignment.Assigned.Sum());
        Assert.Equal(alignment.Assigned[0] / 4.0, alignment.Share.Value.Estimate);
        Assert.InRange(alignment.Assigned[0], 2, 3);
        Assert.Throws<ArgumentException>(() => TraitAlignment.Of(classifier, "c", []));
    }
}
