using System.Text.Json;
using Temperament.Models.Text;
using Temperament.ModelTests.Support;
using Xunit;

namespace Temperament.ModelTests.Models.Text;

public sealed class BytePairTrainerTests
{
    private static readonly string[] Corpus =
        JsonSerializer.Deserialize<string[]>(File.ReadAllBytes(Oracles.Golden("tokenizers", "corpus.json")))!;

    [Fact]
    public void The_reference_corpus_gives_the_reference_vocabulary_and_merges()
    {
        using JsonDocument expected = JsonDocument.Parse(File.ReadAllBytes(Oracles.Golden("tokenizers", "bpe-gpt2", "tokenizer.json")));

        using JsonDocument trained = JsonDocument.Parse(BytePairTrainer.Train(Corpus, 1500, ["<|endoftext|>"]).Json);

        Assert.True(JsonElement.DeepEquals(expected.RootElement, trained.RootElement));
    }

    [Fact]
    public void The_trained_tokenizer_gives_the_ids_of_the_reference()
    {
        Tokenizer tokenizer = BytePairTrainer.Train(Corpus.Reverse(), 1500, ["<|endoftext|>"]).Tokenizer;

        TokenizerCases.Check(tokenizer, Oracles.Golden("tokenizers", "bpe-gpt2", "cases.jsonl"));
        TokenizerCases.CheckStreams(tokenizer, Oracles.Golden("tokenizers", "bpe-gpt2", "streaming.jsonl"));
    }
}
