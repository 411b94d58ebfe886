using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Temperament.Models.Text;

/// <summary>A vocabulary that was learned: tokens in the order of their ids, and merges in the order in which they were found.</summary>
public sealed class TrainedBytePairs
{
    internal TrainedBytePairs(List<string> tokens, List<(string Left, string Right)> merges, IReadOnlyList<string> specialTokens)
    {
        Json = WriteJson(tokens, merges, specialTokens);
        Tokenizer = Tokenizer.FromJson(Json, name: "trained tokenizer");
    }

    /// <summary>The content of a <c>tokenizer.json</c> that Hugging Face's tokenizers read.</summary>
    public ReadOnlyMemory<byte> Json { get; }

    /// <summary>The tokenizer.</summary>
    public Tokenizer Tokenizer { get; }

    private static ReadOnlyMemory<byte> WriteJson(List<string> tokens, List<(string Left, string Right)> merges, IReadOnlyList<string> specialTokens)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var options = new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, NewLine = "\n" };
        using (var json = new Utf8JsonWriter(buffer, options))
        {
            json.WriteStartObject();
            json.WriteString("version", "1.0");
            json.WriteNull("truncation");
            json.WriteNull("padding");
            WriteAdded(json, specialTokens);
            json.WriteNull("normalizer");
            WriteByteLevel(json, "pre_tokenizer", prefixSpace: false);
            WriteByteLevel(json, "post_processor", prefixSpace: true);
            WriteByteLevel(json, "decoder", prefixSpace: true);
            WriteModel(json, tokens, merges);
            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    private static void WriteAdded(Utf8JsonWriter json, IReadOnlyList<string> specialTokens)
    {
        json.WriteStartArray("added_tokens");
        for (int id = 0; id < specialTokens.Count; id++)
        {
            json.WriteStartObject();
            json.WriteNumber("id", id);
            json.WriteString("content", specialTokens[id]);
            json.WriteBoolean("single_word", false);
            json.WriteBoolean("lstrip", false);
            json.WriteBoolean("rstrip", false);
            json.WriteBoolean("normalized", false);
            json.WriteBoolean("special", true);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteByteLevel(Utf8JsonWriter json, string role, bool prefixSpace)
    {
        json.WriteStartObject(role);
        json.WriteString("type", "ByteLevel");
        json.WriteBoolean("add_prefix_space", prefixSpace);
        json.WriteBoolean("trim_offsets", true);
        json.WriteBoolean("use_regex", true);
        json.WriteEndObject();
    }

    private static void WriteModel(Utf8JsonWriter json, List<string> tokens, List<(string Left, string Right)> merges)
    {
        json.WriteStartObject("model");
        json.WriteString("type", "BPE");
        foreach (string name in (string[])["dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix"])
        {
            json.WriteNull(name);
        }

        foreach (string name in (string[])["fuse_unk", "byte_fallback", "ignore_merges"])
        {
            json.WriteBoolean(name, false);
        }

        json.WriteStartObject("vocab");
        for (int id = 0; id < tokens.Count; id++)
        {
            json.WriteNumber(tokens[id], id);
        }

        json.WriteEndObject();
        json.WriteStartArray("merges");
        foreach ((string left, string right) in merges)
        {
            json.WriteStartArray();
            json.WriteStringValue(left);
            json.WriteStringValue(right);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
