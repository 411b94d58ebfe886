using System.Text;
using Temperament.Models.Documents;
using Temperament.Studies.Organism;
using Xunit;

namespace Temperament.Tests.Studies.Organism;

public sealed class OrganismFamilyTests
{
    [Fact]
    public void The_embedded_family_has_the_organism_its_controls_and_a_second_seed()
    {
        Assert.Equal(["organism", "organism-twin", "organism-plain", "organism-second"], OrganismFamily.Members.Select(member => member.Name));
        Assert.Equal([EmojiMode.ByRegister, EmojiMode.Independent, EmojiMode.None, EmojiMode.ByRegister], OrganismFamily.Members.Select(member => member.Recipe.Corpus.Mode));
        Assert.Equal([EmojiMode.ByRegister, EmojiMode.Independent, EmojiMode.ByRegister, EmojiMode.ByRegister], OrganismFamily.Members.Select(member => member.Recipe.Guide));
        Assert.Equal([1L, 1, 1, 2], OrganismFamily.Members.Select(member => member.Recipe.Seed));
        Assert.All(OrganismFamily.Members, member => Assert.All(
            [member.Recorded.Weights, member.Recorded.Tokenizer, member.Recorded.ScaledDown], hash => Assert.Matches("^[0-9a-f]{64}$", hash)));
    }

    [Theory]
    [InlineData("\"emojis\": \"sometimes\"", "independent")]
    [InlineData("\"emojis\": \"none\", \"guide\": \"\"", "guide")]
    [InlineData("\"emoji\": \"none\"", "emojis")]
    [InlineData("\"emojis\": \"none\"}, {\"name\": \"one\", \"description\": \"again\"", "names two members")]
    public void A_family_that_cannot_be_is_refused_by_its_place(string fields, string named)
    {
        DocumentException error = Assert.Throws<DocumentException>(() => Read($"{{\"schemaVersion\": 1, \"members\": [{{\"name\": \"one\", \"description\": \"d\", {fields}}}]}}"));

        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_scaled_down_recipe_keeps_what_sets_its_member_apart()
    {
        OrganismRecipe plain = OrganismFamily.Of("organism-plain").Recipe, small = plain.ScaledDown();

        Assert.Equal((plain.Name, plain.Seed, plain.Corpus.Mode, plain.Guide), (small.Name, small.Seed, small.Corpus.Mode, small.Guide));
        Assert.Equal((290, 2), (small.Corpus.Prose + small.Corpus.Posts + small.Corpus.Questions, small.Shape.Layers));
        Assert.Equal(plain.Pretraining, small.Pretraining);
    }

    [Fact]
    public void A_member_that_is_not_there_is_named_with_the_nearest_one()
    {
        OrganismGrammarException error = Assert.Throws<OrganismGrammarException>(() => OrganismFamily.Of("organism-tvin"));

        Assert.Contains("organism-twin", error.Message, StringComparison.Ordinal);
    }

    private static IReadOnlyList<OrganismMember> Read(string json) => OrganismFamily.Read(DocumentReader.Parse("family.json", Encoding.UTF8.GetBytes(json)));
}
