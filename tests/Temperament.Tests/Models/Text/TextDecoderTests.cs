using System.Globalization;
using System.Text;
using Temperament.Models.Text;
using Temperament.Tensors.Random;
using Xunit;

namespace Temperament.Tests.Models.Text;

public sealed class TextDecoderTests
{
    private const string Awkward = "👩‍🚀 🏳️‍🌈 🇩🇪🇫🇷 👍🏽 naïve e\u0301 क्षि ᄒ\u1161ᆫ \r\n ✨🤖✨ 1️⃣ 👨‍👩‍👧‍👦";

    [Theory]
    [InlineData("bpe-llama3")]
    [InlineData("spbpe-llama2")]
    public void However_ids_come_the_text_is_that_of_all_at_once(string set)
    {
        Tokenizer tokenizer = GoldenTokenizers.Load(set);
        int[] whole = tokenizer.Encode(Awkward);
        for (int seed = 0; seed < 300; seed++)
        {
            var random = new RandomStream(seed, set);
            int[] ids = Shuffled(whole, tokenizer.VocabularySize, random);
            TextDecoder stream = tokenizer.NewStream();
            var text = new StringBuilder();
            var cuts = new List<int>();
            foreach (int id in ids)
            {
                text.Append(stream.AppendClusters(id));
                cuts.Add(text.Length);
            }

            text.Append(stream.Flush());
            string expected = Decoded(tokenizer, ids);
            Assert.True(expected == text.ToString(), $"seed {seed}: {expected} was streamed as {text}");
            Assert.Equal(expected, tokenizer.Decode(ids));
            var boundaries = new HashSet<int>(StringInfo.ParseCombiningCharacters(expected)) { expected.Length };
            Assert.True(cuts.All(boundaries.Contains), $"seed {seed}: {expected} was cut inside of a cluster");
        }
    }

    [Theory]
    [InlineData("bpe-llama3")]
    [InlineData("spbpe-llama2")]
    public void No_emoji_is_given_out_before_it_is_whole(string set)
    {
        Tokenizer tokenizer = GoldenTokenizers.Load(set);
        TextDecoder stream = tokenizer.NewStream();

        List<string> parts = [.. tokenizer.Encode("a👩‍🚀b👍🏽c").Select(stream.AppendClusters)];
        parts.Add(stream.Flush());

        Assert.Equal("a👩‍🚀b👍🏽c", string.Concat(parts));
        Assert.Contains(parts, p => p.Contains("👩‍🚀", StringComparison.Ordinal));
        Assert.Contains(parts, p => p.Contains("👍🏽", StringComparison.Ordinal));
    }

    // The definition: all bytes in a row, decoded with one U+FFFD for each longest wrong part; one space in front is dropped where the
    // vocabulary puts one there.
    private static string Decoded(Tokenizer tokenizer, int[] ids)
    {
        byte[][] parts = [.. ids.Select(id => tokenizer.TokenBytes(id).ToArray()).Where(b => b.Length > 0)];
        if (parts.Length > 0 && parts[0][0] == (byte)' ' && tokenizer.Decode(tokenizer.Encode("a")) == "a" && tokenizer.TokenBytes(tokenizer.Encode("a")[0])[0] == (byte)' ')
        {
            parts[0] = parts[0][1..];
        }

        return Encoding.UTF8.GetString([.. parts.SelectMany(b => b)]);
    }

    // A text's ids with some swapped, dropped, doubled or replaced by others.
    private static int[] Shuffled(int[] whole, int size, RandomStream random)
    {
        List<int> ids = [.. whole];
        for (int changes = random.NextInt(8); changes > 0; changes--)
        {
            int at = random.NextInt(ids.Count), other = random.NextInt(ids.Count);
            switch (random.NextInt(4))
            {
                case 0:
                    (ids[at], ids[other]) = (ids[other], ids[at]);
                    break;
                case 1:
                    ids.RemoveAt(at);
                    break;
                case 2:
                    ids.Insert(at, ids[other]);
                    break;
                default:
                    ids[at] = random.NextInt(size);
                    break;
            }
        }

        return [.. ids];
    }
}
