using System.Text;
using Temperament.Models.Checkpoints;
using Temperament.Models.Text;
using Temperament.ModelTests.Support;
using Xunit;

namespace Temperament.Tests.Models.Text;

public sealed class TokenizerTests
{
    [Fact]
    public void Whole_words_are_tokens_or_unknown_and_are_joined_with_spaces()
    {
        Tokenizer tokenizer = Tokenizer.FromJson("""
            {"added_tokens": [], "normalizer": null, "pre_tokenizer": {"type": "Whitespace"},
             "model": {"type": "WordLevel", "vocab": {"<unk>": 0, "hello": 1, "world": 2, "!": 3}, "unk_token": "<unk>"}}
            """u8.ToArray());

        Assert.Equal([1, 2, 3, 0], tokenizer.Encode("hello world! héllo"));
        Assert.Equal("hello world ! <unk>", tokenizer.Decode([1, 2, 3, 0]));
        Assert.Equal(["hello", "world", "!", "héllo"], tokenizer.EncodeSpans("hello world! héllo").Spans.Select(s => "hello world! héllo"[s.Start..s.End]));
    }

    [Fact]
    public void Texts_are_cut_after_a_fixed_number_of_characters()
    {
        Tokenizer tokenizer = Tokenizer.FromJson("""
            {"added_tokens": [], "pre_tokenizer": {"type": "FixedLength", "length": 2},
             "model": {"type": "WordLevel", "vocab": {"?": 0, "ab": 1, "c": 2, "😀b": 3}, "unk_token": "?"}}
            """u8.ToArray());

        Assert.Equal([1, 3, 2], tokenizer.Encode("ab😀bc"));
    }

    [Theory]
    [InlineData("bpe-llama3")]
    [InlineData("spbpe-llama2")]
    [InlineData("added-tokens")]
    [InlineData("wordpiece-uncased")]
    [InlineData("unigram-plain")]
    public void Ids_spans_and_texts_equal_the_reference(string set)
    {
        Tokenizer tokenizer = GoldenTokenizers.Load(set);

        TokenizerCases.Check(tokenizer, Path.Combine(GoldenTokenizers.Folder(set), "cases.jsonl"));
        TokenizerCases.CheckStreams(tokenizer, Path.Combine(GoldenTokenizers.Folder(set), "streaming.jsonl"));
    }

    [Fact]
    public void A_file_of_SentencePiece_gives_its_ids_spans_and_texts() => TokenizerCases.CheckPieces(
        GoldenTokenizers.Load("sp-bpe-llama"), Path.Combine(GoldenTokenizers.Folder("sp-bpe-llama"), "cases.jsonl"));

    [Fact]
    public void Control_pieces_written_in_a_text_are_recognised_where_the_file_has_a_configuration()
    {
        byte[] file = File.ReadAllBytes(Path.Combine(GoldenTokenizers.Folder("sp-bpe-llama"), "tokenizer.model"));
        Tokenizer tokenizer = Tokenizer.FromSentencePiece(file, "{}"u8.ToArray());

        Assert.DoesNotContain(tokenizer.TokenId("<s>")!.Value, Tokenizer.FromSentencePiece(file).Encode("<s>hi</s>"));
        int[] ids = tokenizer.Encode("<s>hi</s>");

        Assert.Equal(tokenizer.TokenId("<s>"), ids[0]);
        Assert.Equal(tokenizer.TokenId("</s>"), ids[^1]);
        Assert.DoesNotContain(ids[0], tokenizer.Encode("<s>hi</s>", parseSpecial: false));
    }

    [Theory]
    [InlineData("bpe-llama3")]
    [InlineData("spbpe-llama2")]
    public void Long_texts_and_cached_words_give_the_ids_of_a_fresh_tokenizer(string set)
    {
        Tokenizer used = GoldenTokenizers.Load(set);
        string text = string.Concat(Enumerable.Range(0, 60).Select(i => $"The {i}th cat's hat, naïve 🙂 déjà-vu…  \n{new string('x', i * 9)} "));
        used.Encode(text[..200]);

        Assert.Equal(GoldenTokenizers.Load(set).EncodeSpans(text).Ids, used.Encode(text));
        Assert.Equal(used.Encode(text), used.Encode(text));
    }

    [Fact]
    public void Half_of_a_surrogate_pair_counts_as_the_replacement_character()
    {
        Tokenizer tokenizer = GoldenTokenizers.Load("bpe-llama3");

        Assert.Equal(tokenizer.Encode("a\uFFFDb"), tokenizer.Encode("a\uD83Db"));
    }

    [Fact]
    public void Merges_that_go_round_in_a_circle_end()
    {
        // Each joined text is a token again, so that a careless reader merges for ever.
        Tokenizer tokenizer = Json("""
            "model":{"type":"BPE","vocab":{"a":0,"b":1,"ab":2,"ba":3,"aba":4,"bab":5},"merges":["a b","b a","ab a","b ab","ba b","a ba"]}
            """);

        Assert.Equal("abababab", string.Concat(tokenizer.Encode("abababab").Select(tokenizer.TokenString)));
    }

    [Fact]
    public void A_normalizer_that_blows_a_text_up_is_refused()
    {
        string step = """{"type":"Replace","pattern":{"String":"a"},"content":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}""";
        Tokenizer tokenizer = Json($$"""
            "normalizer":{"type":"Sequence","normalizers":[{{step}},{{step}},{{step}},{{step}},{{step}},{{step}},{{step}},{{step}}]},
            "model":{"type":"BPE","vocab":{"a":0},"merges":[]}
            """);

        Assert.Contains("normalizer makes more than", Assert.Throws<TokenizerException>(() => tokenizer.Encode("a")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"type":"BPE","vocab":{"a":0,"b":1},"merges":["a b"]}""", "merge 0 of a and b")]
    [InlineData("""{"type":"BPE","vocab":{"a":-1},"merges":[]}""", "token a with the id -1")]
    [InlineData("""{"type":"Unigram","vocab":[["a"]]}""", "token 0, which is no pair")]
    [InlineData("""{"type":"Unigram","vocab":[["a",0]],"unk_id":7}""", "7 at model.unk_id")]
    [InlineData("""{"type":"WordPiece","vocab":{"a":0}}""", "nothing at model.unk_token")]
    [InlineData("""{"type":"CharLevel","vocab":{}}""", "\"CharLevel\" at model.type")]
    public void A_damaged_vocabulary_is_refused_with_what_was_read(string model, string read) =>
        Assert.Contains(read, Assert.Throws<CheckpointException>(() => Json($"\"model\":{model}")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(new byte[0], "no pieces")]
    [InlineData(new byte[] { 0x0A }, "1 bytes")]
    [InlineData(new byte[] { 0x0A, 0x7F, 0x00 }, "127 bytes where 1 are left")]
    [InlineData(new byte[] { 0x0A, 0x03, 0x0A, 0x01, 0xFF }, "no UTF-8")]
    [InlineData(new byte[] { 0x0F }, "of the kind 7")]
    public void A_damaged_file_of_SentencePiece_is_refused_with_what_was_read(byte[] content, string read) =>
        Assert.Contains(read, Assert.Throws<CheckpointException>(() => Tokenizer.FromSentencePiece(content)).Message, StringComparison.Ordinal);

    private static Tokenizer Json(string fields) => Tokenizer.FromJson(Encoding.UTF8.GetBytes($"{{{fields}}}"));
}
