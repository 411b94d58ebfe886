using Temperament.Models.Checkpoints.Gguf;
using Temperament.Models.Checkpoints.Writing;
using Temperament.Models.Replay;
using Temperament.Models.Text;
using Temperament.ModelTests.Support;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.ModelTests.Models.Checkpoints;

/// <summary>Vocabularies that go into a GGUF file and out of it again encode as they did.</summary>
public sealed class GgufVocabularyTests : IDisposable
{
    private readonly string _folder = TemporaryFolder.New("temper");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("bpe-gpt2")]
    [InlineData("smollm2")]
    [InlineData("bpe-llama3")]
    [InlineData("bpe-qwen2")]
    [InlineData("bpe-digits")]
    [InlineData("bpe-deepseek2")]
    [InlineData("bpe-deepseek3")]
    [InlineData("bpe-o200k")]
    [InlineData("spbpe-llama2-legacy")]
    [InlineData("spbpe-phi3")]
    public void Ids_are_the_same_in_the_file_and_in_the_folder_made_of_it(string name)
    {
        string folder = Oracles.Shared("oracles", "tokenizers", name), config = Path.Combine(folder, "tokenizer_config.json");
        byte[] json = File.ReadAllBytes(Path.Combine(folder, "tokenizer.json"));
        Tokenizer original = Tokenizer.FromJson(json, File.Exists(config) ? File.ReadAllBytes(config) : default);
        var writer = new GgufWriter();
        GgufVocabulary.Write(writer, name, json, original, original.VocabularySize + 3, []);
        string path = Path.Combine(_folder, "vocabulary.gguf");
        writer.Write(path, null);

        using GgufFile file = GgufFile.Open(path);
        Tokenizer inFile = Tokenizer.FromGguf(file), outAgain = Tokenizer.FromJson(GgufTokenizerJson.Write(file));

        foreach (string text in ReplayPrompts.Texts)
        {
            int[] expected = original.Encode(text, addSpecialTokens: true);
            Assert.Equal(expected, inFile.Encode(text, addSpecialTokens: true));
            Assert.Equal(expected, outAgain.Encode(text, addSpecialTokens: true));
            Assert.Equal(original.Decode(expected), outAgain.Decode(expected));
        }
    }
}
