using Temperament.Models.Checkpoints.Gguf;
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
        "bpe-deepseek3", "roberta", "added-tokens", "smollm2", "spbpe-llama2-legacy", "spbpe-llama2", "spbpe-llama2-always", "spbpe-phi3",
        "spbpe-mistral", "spbpe-gemma", "wordpiece-uncased", "wordpiece-cased", "minilm", "unigram-t5", "unigram-xlmr", "unigram-byte",
    ];

    public static TheoryData<string> Models =>
        ["sp-bpe-llama", "sp-bpe-mistral", "sp-bpe-gemma", "sp-bpe-nfkc", "sp-unigram-nfkc", "sp-unigram-byte"];

    public static TheoryData<string> Vocabularies => ["gpt-2", "llama-spm", "phi-3", "bert-bge"];

    [Theory]
    [MemberData(nameof(Folders))]
    public void Ids_spans_and_texts_equal_the_reference(string set)
    {
        Tokenizer tokenizer = Load(set);

        TokenizerCases.Check(tokenizer, Oracles.Shared("oracles", "tokenizers", set, "cases.jsonl"));
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void Streams_equal_the_reference_after_every_token(string set)
    {
        Tokenizer tokenizer = Load(set);

        TokenizerCases.CheckStreams(tokenizer, Path.Combine(Oracles.Shared("oracles", "tokenizers", set), "streaming.jsonl"));
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Files_of_SentencePiece_give_its_ids_spans_and_texts(string set)
    {
        Tokenizer tokenizer = Tokenizer.FromSentencePiece(File.ReadAllBytes(Oracles.Shared("oracles", "tokenizers", set, "tokenizer.model")));

        TokenizerCases.CheckPieces(tokenizer, Oracles.Shared("oracles", "tokenizers", set, "cases.jsonl"));
    }

    [Theory]
    [MemberData(nameof(Vocabularies))]
    public void Vocabularies_of_GGUF_files_equal_the_reference(string name)
    {
        Tokenizer tokenizer = LoadGguf(name);

        TokenizerCases.Check(tokenizer, Oracles.Shared("oracles", "tokenizers", "gguf-" + name, "cases.jsonl"));
        TokenizerCases.CheckStreams(tokenizer, Path.Combine(Oracles.Shared("oracles", "tokenizers", "gguf-" + name), "streaming.jsonl"));
    }

    [Theory]
    [MemberData(nameof(Vocabularies))]
    public void Vocabularies_of_GGUF_files_equal_llama_cpp(string name)
    {
        Tokenizer tokenizer = LoadGguf(name);
        string file = Oracles.Shared("oracles", "vocab", $"ggml-vocab-{name}.gguf");
        string[] texts = File.ReadAllText(file + ".inp").Split("\n__ggml_vocab_test__\n");
        string[] lines = File.ReadAllLines(file + ".out");

        for (int i = 0; i < lines.Length; i++)
        {
            Assert.Equal((i, lines[i].Trim()), (i, string.Join(' ', tokenizer.Encode(texts[i], parseSpecial: false))));
        }
    }

    private static Tokenizer LoadGguf(string name)
    {
        using GgufFile file = GgufFile.Open(Oracles.Shared("oracles", "vocab", $"ggml-vocab-{name}.gguf"));
        return Tokenizer.FromGguf(file);
    }

    private static Tokenizer Load(string set)
    {
        string folder = Oracles.Shared("oracles", "tokenizers", set);
        return Tokenizer.FromJson(File.ReadAllBytes(Path.Combine(folder, "tokenizer.json")),
            File.ReadAllBytes(Path.Combine(folder, "tokenizer_config.json")), set);
    }
}
