using Temperament.Models.Text;
using Xunit;

namespace Temperament.Tests.Models.Text;

public sealed class TraitTargetTests
{
    [Fact]
    public void Every_name_reads_back_as_the_target_that_wrote_it()
    {
        TraitTarget[] targets = [TraitTarget.Neutral, .. TraitTarget.Poles];

        Assert.Equal(11, targets.Distinct().Count());
        Assert.All(targets, target => Assert.Equal(target, TraitTarget.Parse(target.Name)));
        Assert.Equal("extraversion-high", new TraitTarget(Trait.Extraversion, Pole.High).Name);
        Assert.Equal(Trait.Neuroticism, TraitTarget.Parse("Neuroticism-LOW").Trait);
    }

    [Fact]
    public void Default_is_neutral_and_has_neither_trait_nor_pole()
    {
        TraitTarget target = default;

        Assert.True(target.IsNeutral);
        Assert.Null(target.Trait);
        Assert.Null(target.Pole);
        Assert.Equal("neutral", target.ToString());
    }

    [Theory]
    [InlineData("extroversion", "extraversion")]
    [InlineData("opennes", "openness")]
    [InlineData("agreableness", "agreeableness")]
    [InlineData("neurotisicm", "neuroticism")]
    public void A_mistyped_trait_is_answered_with_the_nearest_one(string written, string meant)
    {
        FormatException error = Assert.Throws<FormatException>(() => TraitNames.ParseTrait(written));

        Assert.Contains($"Did you mean \"{meant}\"?", error.Message);
    }

    [Fact]
    public void A_word_that_is_near_to_none_gets_the_list_and_no_guess()
    {
        FormatException error = Assert.Throws<FormatException>(() => TraitNames.ParsePole("sideways"));

        Assert.DoesNotContain("Did you mean", error.Message);
        Assert.Contains("high, low", error.Message);
    }

    [Theory]
    [InlineData("", "abc", 3)]
    [InlineData("ab", "ba", 1)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("QLORA", "qlora", 0)]
    public void Edits_count_insertions_deletions_replacements_and_swaps(string left, string right, int expected)
    {
        Assert.Equal(expected, NearestWord.Edits(left, right));
        Assert.Equal(expected, NearestWord.Edits(right, left));
    }

    [Fact]
    public void Every_pole_has_its_own_definition()
    {
        string[] phrases = [.. TraitTarget.Poles.Select(target => TraitDefinitions.Of(target.Trait!.Value, target.Pole!.Value))];

        Assert.Equal(10, phrases.Distinct().Count());
        Assert.Equal(TraitDefinitions.Of(Trait.Extraversion), TraitDefinitions.Of(Trait.Extraversion, Pole.High));
    }
}
