using System.Text;
using Temperament.Measures.Emoji;
using Temperament.Models.Text;
using Xunit;

namespace Temperament.Tests.Measures.Emoji;

public class EmojiTokensTests
{
    [Theory]
    [InlineData("F09F", true)]
    [InlineData("20F09F", true)]
    [InlineData("F09F98", true)]
    [InlineData("20F09F9982", true)]
    [InlineData("E29CA8", true)]
    [InlineData("F09F87BA", true)]
    [InlineData("F0", false)]
    [InlineData("20", false)]
    [InlineData("", false)]
    [InlineData("F09D", false)]
    [InlineData("98", false)]
    [InlineData("2020F09F", false)]
    [InlineData("61F09F9982", false)]
    [InlineData("E29DA4", false)]
    [InlineData("35", false)]
    [InlineData("F09F8FBD", false)]
    public void Bytes_begin_an_emoji_or_not(string hex, bool expected) =>
        Assert.Equal(expected, EmojiTokens.BeginsAnEmoji(Convert.FromHexString(hex)));

    [Fact]
    public void The_ids_of_a_vocabulary_are_found_in_order()
    {
        string[] vocabulary = ["a", " 🎉", "b", "👍🏽", "."];

        EmojiTokens tokens = EmojiTokens.Of(vocabulary.Length, id => Encoding.UTF8.GetBytes(vocabulary[id]));

        Assert.Equal([1, 3], tokens.Ids);
        Assert.True(tokens.Contains(3));
        Assert.False(tokens.Contains(0));
    }

    [Fact]
    public void The_ids_of_a_tokenizer_are_found_and_special_tokens_are_none()
    {
        string[] documents = [.. Enumerable.Repeat("so fun 🎉 and so 🎉 fun 🥳 yes", 20)];
        Tokenizer tokenizer = BytePairTrainer.Train(documents, 400, ["<|🎉|>", "🎉end"]).Tokenizer;

        EmojiTokens tokens = EmojiTokens.Of(tokenizer);

        Assert.Contains(tokenizer.Encode("fun 🎉")[^1], tokens.Ids);
        Assert.DoesNotContain(tokenizer.TokenId("🎉end")!.Value, tokens.Ids);
        Assert.All(tokens.Ids, id => Assert.Equal(0xF0, tokenizer.TokenBytes(id).TrimStart((byte)' ')[0]));
    }
}
