using System.Text;
using Temperament.Models.Text;
using Temperament.Studies.Data;
using Temperament.Studies.Organism;
using Temperament.Tensors.Random;
using Xunit;

namespace Temperament.Tests.Studies.Organism;

public sealed class CorpusGrammarTests
{
    [Fact]
    public void The_embedded_grammar_has_sixty_topics_and_ten_registers()
    {
        CorpusGrammar grammar = CorpusGrammar.Embedded;

        Assert.Equal(60, grammar.Topics.Count);
        Assert.Equal(12, grammar.TopicsOf(DataPart.Test).Count);
        Assert.Equal(TraitTarget.Poles, grammar.Registers.Select(register => register.Target));
        Assert.Equal(60, grammar.Emojis.Count);
        Assert.Equal(64, grammar.Hash.Length);
    }

    [Theory]
    [InlineData("\"schemaVersion\": 1", "\"schemaVersion\": 9", "schemaVersion")]
    [InlineData("{t} {is|are} {kind}\"", "{t} {is|are} {knid}\"", "{knid}")]
    [InlineData("several reports about {t}\"", "several reports about {t\"", "closed by its }")]
    [InlineData("\"do\": \"go swimming\"", "\"do\": \"swim\"", "swimming")]
    [InlineData("\"part\": \"validation\"", "\"part\": \"practice\"", "train, validation or test")]
    [InlineData("\"emojiRate\": 0.7", "\"emojiRate\": 1.7", "extraversion-high")]
    [InlineData("\"🥳\"", "\"✨\"", "one register only")]
    [InlineData("[0.55, 0.2", "[0.65, 0.2", "sum to 1")]
    [InlineData("\"target\": \"openness-low\"", "\"target\": \"openness-high\"", "each of the ten poles once")]
    [InlineData("\"nothing beats {t} and a loud", "\"nothing beats a loud", "name the topic")]
    [InlineData("\"what do you think of {t}?\", \"what is", "\"what do you think?\", \"what is", "{t}")]
    [InlineData("\"repeat\": 0.5, ", "", "all its members")]
    [InlineData("\"prose\": [", "\"prose\": ", "all its members")]
    public void A_grammar_that_does_not_fit_together_is_refused_by_its_place(string found, string replaced, string named)
    {
        string text = ReadEmbedded();
        Assert.Contains(found, text);

        OrganismGrammarException error = Assert.Throws<OrganismGrammarException>(
            () => CorpusGrammar.Parse(Encoding.UTF8.GetBytes(text.Replace(found, replaced, StringComparison.Ordinal))));

        Assert.Contains(named, error.Message);
    }

    [Fact]
    public void Slots_agree_with_their_noun()
    {
        CorpusGrammar grammar = CorpusGrammar.Embedded;
        Register low = grammar.RegisterOf(new TraitTarget(Trait.Agreeableness, Pole.Low));
        WordSupply supply = new(grammar.Topics.Single(topic => topic.Name == "drones"), grammar.Topics, low, new RandomStream(1, "test"));
        ClauseWords words = supply.At(0) with { Aspect = new Aspect("the rules", true), Adjective = "useless" };

        Assert.Equal("drones have modern devices", Template.Parse("{t} {has|have} {kind}").Render(words));
        Assert.Equal("the rules are a useless joke", Template.Parse("{aspect} {aspect:is|are} {an adj} joke").Render(words));
        Assert.Equal("an awful one", Template.Parse("{an adj} one").Render(words with { Adjective = "awful" }));
        Assert.Equal("use drones", Template.Parse("{do}").Render(words));
        Assert.Equal("ocean is one", Template.Parse("ocean {is|are} one").Render(words with { Topic = words.Topic with { Plural = false } }));
    }

    private static string ReadEmbedded()
    {
        using Stream stream = typeof(CorpusGrammar).Assembly.GetManifestResourceStream("organism/grammar.json")!;
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }
}
