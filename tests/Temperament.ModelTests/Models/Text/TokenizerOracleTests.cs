using Temperament.Models.Text;
using Temperament.ModelTests.Support;
using Xunit;

namespace Temperament.ModelTests.Models.Text;

/// <summary>Every tokenizer and every text of the reference sets, exact to the id, the byte and the string.</summary>
public sealed class TokenizerOracleTests
{
    public static TheoryData<string> Folders =>
    [
        "bpe-gpt2", "bpe-gpt2-prefix", "bpe-llama3", "bpe-qwen2", "bpe-cl100k", "bpe-o200k", "bpe-digits", "bpe-falcon", "bpe-deepseek2",
        "bpe-deepseek3", "roberta", "added-tokens", "smollm2",
    ];

    [Theory]
    [MemberData(nameof(Folders))]
    public void Ids_and_texts_equal_the_reference(string set)
    {
        Tokenizer tokenizer = Load(set);

        TokenizerCases.Check(tokenizer, Oracles.Shared("oracles", "tokenizers", set, "cases.jsonl"));
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void Streams_equal_the_reference_after_every_token(string set)
    {
        Tokenizer tokenizer = Load(set);

        TokenizerCases.CheckStreams(tokenizer, Oracles.Shared("oracles", "tokenizers", set, "streaming.jsonl"));
    }

    private static Tokenizer Load(string set)
    {
        string folder = Oracles.Shared("oracles", "tokenizers", set);
        return Tokenizer.FromJson(File.ReadAllBytes(Path.Combine(folder, "tokenizer.json")),
            File.ReadAllBytes(Path.Combine(folder, "tokenizer_config.json")), set);
    }
}
