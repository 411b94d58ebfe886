using Temperament.Measures.Emoji;
using Temperament.Models.Generation;
using Temperament.Models.Text;
using Temperament.Tensors.Random;
using Xunit;

namespace Temperament.Tests.Measures.Emoji;

public sealed class EmojiBanTests
{
    private static readonly Tokenizer Tokens = BytePairTrainer.Train(
        [.. Enumerable.Repeat("so fun 🎉 and “quoted” so 🎉 fun 🥳 yes ✨ — naïve ≥ ❤️ 你好 🇫🇷 1️⃣", 20)], 420, []).Tokenizer;

    private static readonly EmojiBan Ban = new(Tokens);

    [Theory]
    [InlineData("🎉")]
    [InlineData("✨")]
    [InlineData("❤️")]
    [InlineData("🇫🇷")]
    [InlineData("1️⃣")]
    [InlineData("👍🏽")]
    [InlineData("👨‍👩‍👧")]
    public void An_emoji_cannot_be_written(string emoji) => Assert.False(IsPossible(emoji));

    [Theory]
    [InlineData("“quoted” — naïve ≥ 你好 10 km")]
    [InlineData("© and ❤ and ☺ as text")]
    [InlineData("𝒜 and 🀀 are no emoji")]
    public void Other_signs_can_be_written(string text) => Assert.True(IsPossible(text));

    [Fact]
    public void Whatever_is_drawn_has_no_emoji()
    {
        RandomStream random = new(5, "walk");
        float[] logits = new float[Tokens.VocabularySize];
        int banned = 0;
        for (int walk = 0; walk < 200; walk++)
        {
            ITokenConstraintState state = Ban.Begin();
            List<int> written = [];
            for (int step = 0; step < 30; step++)
            {
                Array.Clear(logits);
                state.Apply(logits);
                int[] open = [.. Enumerable.Range(0, logits.Length).Where(id => logits[id] == 0 && Tokens.TokenBytes(id).Length > 0)];
                int[] high = [.. open.Where(id => Tokens.TokenBytes(id)[^1] >= 0x80)];
                banned += logits.Count(logit => logit < 0);
                int chosen = random.Choose(high);
                written.Add(chosen);
                state.Append(chosen);
            }

            string text = Tokens.Decode([.. written]);
            Assert.False(EmojiScanner.Contains(text), text);
        }

        Assert.True(banned > 0);
    }

    private static bool IsPossible(string text)
    {
        ITokenConstraintState state = Ban.Begin();
        float[] logits = new float[Tokens.VocabularySize];
        foreach (int token in Tokens.Encode(text))
        {
            Array.Clear(logits);
            state.Apply(logits);
            if (float.IsNegativeInfinity(logits[token]))
            {
                return false;
            }

            state.Append(token);
        }

        return true;
    }
}
