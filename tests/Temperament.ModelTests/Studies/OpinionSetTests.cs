using Temperament.ModelTests.Support;
using Temperament.Studies.Data;
using Temperament.Studies.Data.Audit;
using Temperament.Studies.Data.Classification;
using Xunit;

namespace Temperament.ModelTests.Studies;

/// <summary>What the card of the opinion set says of it.</summary>
public sealed class OpinionSetTests
{
    private static readonly string Train = Path.Combine(Oracles.Root, "data", "opinions", "train.csv"), Test = Path.Combine(Oracles.Root, "data", "opinions", "test.csv");

    [Fact]
    public void The_audit_finds_nothing()
    {
        AuditReport report = OpinionAudit.Run([Train, Test]);

        Assert.Empty(report.Findings);
        Assert.Equal((3750, 450), (report.Statistics.Rows, report.Statistics.Topics));
        Assert.Equal(13, report.Statistics.QuestionForms.Count);
        Assert.Equal(QuestionForms.All.Order(), report.Statistics.QuestionForms.Select(form => form.Key).Order());
    }

    [Fact]
    public void Each_training_topic_has_eleven_targets_and_each_test_topic_five()
    {
        Assert.All(OpinionFile.Read(Train).GroupBy(row => row.Topic), topic => Assert.Equal(11, topic.Select(row => row.Target).Distinct().Count()));
        Assert.All(OpinionFile.Read(Test).GroupBy(row => row.Topic), topic => Assert.Equal(5, topic.Select(row => row.Target).Distinct().Count()));
    }

    [Fact]
    public void Words_tell_the_high_poles_of_unseen_topics_as_the_card_says()
    {
        OpinionSet test = OpinionFile.Read(Test);
        Opinion[] train = [.. OpinionFile.Read(Train).Where(row => test.Any(asked => asked.Target == row.Target))];

        ClassificationResult result = OpinionClassification.ByWords(train, test);

        Assert.Equal((970, 1000), (result.Test.Correct, result.Test.Count));
    }
}
