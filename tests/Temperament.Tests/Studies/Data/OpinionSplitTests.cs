using Temperament.Models.Text;
using Temperament.Studies.Data;
using Xunit;

namespace Temperament.Tests.Studies.Data;

public sealed class OpinionSplitTests
{
    private static readonly OpinionSet Rows = new(
        [.. Enumerable.Range(0, 60).Select(i => new Opinion(TraitTarget.Poles[i % 10], i % 2 == 0 ? $"topic {i % 20}" : $" Topic {i % 20}", "Q", $"A{i}"))]);

    [Fact]
    public void Parts_share_no_topic_and_lose_no_row()
    {
        OpinionSplit split = OpinionSplit.ByTopic(Rows, 0.2, 0.3, 5);

        Assert.Empty(OpinionSplit.SharedTopics(split.Train.Select(row => row.Topic), split.Test.Select(row => row.Topic)));
        Assert.Empty(OpinionSplit.SharedTopics(split.Train.Select(row => row.Topic), split.Validation.Select(row => row.Topic)));
        Assert.Empty(OpinionSplit.SharedTopics(split.Validation.Select(row => row.Topic), split.Test.Select(row => row.Topic)));
        Assert.Equal(Rows.Select(row => row.Answer).Order(), split.Train.Concat(split.Validation).Concat(split.Test).Select(row => row.Answer).Order());
        Assert.Equal((30, 12, 18), (split.Train.Count, split.Validation.Count, split.Test.Count));
    }

    [Fact]
    public void The_seed_decides_and_the_order_of_rows_does_not()
    {
        OpinionSplit split = OpinionSplit.ByTopic(Rows, 0.2, 0.3, 5);
        OpinionSplit reversed = OpinionSplit.ByTopic([.. Rows.Reverse()], 0.2, 0.3, 5);
        OpinionSplit other = OpinionSplit.ByTopic(Rows, 0.2, 0.3, 6);

        Assert.Equal(split.Test.Select(row => row.Answer).Order(), reversed.Test.Select(row => row.Answer).Order());
        Assert.NotEqual(split.Test.Select(row => row.Answer), other.Test.Select(row => row.Answer));
    }

    [Fact]
    public void A_share_of_nothing_is_empty_and_a_small_one_has_a_topic()
    {
        OpinionSplit split = OpinionSplit.ByTopic(Rows, 0, 0.001, 5);

        Assert.Empty(split.Validation);
        Assert.Equal(3, split.Test.Count);
        Assert.Throws<ArgumentOutOfRangeException>(() => OpinionSplit.ByTopic(Rows, 0.6, 0.6, 5));
    }

    [Fact]
    public void Shared_topics_are_found_whatever_their_case()
    {
        Assert.Equal(["Rain"], OpinionSplit.SharedTopics(["Tea", "Rain", "Rain"], [" rain", "Snow"]));
    }
}
