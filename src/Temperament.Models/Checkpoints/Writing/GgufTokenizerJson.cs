using System.Text.Json;
using Temperament.Models.Checkpoints.Gguf;
using Temperament.Models.Text;
using Temperament.Models.Text.Splitting;

namespace Temperament.Models.Checkpoints.Writing;

/// <summary>Writes the vocabulary of a GGUF file as <c>tokenizer.json</c>: byte-level pairs ("gpt2"), or SentencePiece pairs ("llama").</summary>
internal sealed class GgufTokenizerJson
{
    private const string Prefix = "tokenizer.ggml.";
    private const string Space = "\u2581";

    private readonly GgufFile _file;
    private readonly string[] _tokens;
    private readonly int[] _types;
    private readonly bool _pieces;
    private readonly GgufPreTokenizer? _cutting;

    private GgufTokenizerJson(GgufFile file)
    {
        _file = file;
        _tokens = file.GetStrings(Prefix + "tokens");
        _types = file.FindIntegers(Prefix + "token_type") ?? [.. Enumerable.Repeat((int)GgufTokenType.Normal, _tokens.Length)];
        string model = file.GetString(Prefix + "model"), pre = file.FindString(Prefix + "pre") ?? "none";
        _pieces = model == "llama";
        _cutting = _pieces ? null : GgufPreTokenizer.Find(pre);
        if (!_pieces && (model != "gpt2" || _cutting is null))
        {
            throw new CheckpointException(file.Path, $"a vocabulary of the model {model}, cut by {pre}", "gpt2 or llama in a known way",
                "Text would be cut in another way than the model learned; take the Hugging Face folder of the model.");
        }
    }

    /// <summary>The file's bytes.</summary>
    public static byte[] Write(GgufFile file)
    {
        var writer = new GgufTokenizerJson(file);
        return JsonFile.Object(writer.Write);
    }

    private void Write(Utf8JsonWriter json)
    {
        json.WriteString("version", "1.0");
        json.WriteNull("truncation");
        json.WriteNull("padding");
        WriteAdded(json);
        if (_pieces)
        {
            WritePieceSteps(json);
        }
        else
        {
            WriteByteSteps(json);
        }

        WritePostProcessor(json);
        json.WriteStartObject("model");
        json.WriteString("type", "BPE");
        json.WriteNull("dropout");
        if (_pieces && Id("unknown_token_id") is int unknown)
        {
            json.WriteString("unk_token", _tokens[unknown]);
        }
        else
        {
            json.WriteNull("unk_token");
        }

        json.WriteNull("continuing_subword_prefix");
        json.WriteNull("end_of_word_suffix");
        json.WriteBoolean("fuse_unk", _pieces);
        json.WriteBoolean("byte_fallback", _pieces);
        json.WriteBoolean("ignore_merges", _cutting?.IgnoresMerges ?? false);
        WriteVocabulary(json);
        json.WriteEndObject();
    }

    private void WriteAdded(Utf8JsonWriter json)
    {
        json.WriteStartArray("added_tokens");
        for (int id = 0; id < _tokens.Length; id++)
        {
            var type = (GgufTokenType)_types[id];
            if (type is not (GgufTokenType.Control or GgufTokenType.UserDefined or GgufTokenType.Unknown) || _tokens[id].Length == 0)
            {
                continue;
            }

            json.WriteStartObject();
            json.WriteNumber("id", id);
            json.WriteString("content", _tokens[id]);
            json.WriteBoolean("single_word", false);
            json.WriteBoolean("lstrip", false);
            json.WriteBoolean("rstrip", false);
            json.WriteBoolean("normalized", false);
            json.WriteBoolean("special", type != GgufTokenType.UserDefined);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void WriteByteSteps(Utf8JsonWriter json)
    {
        if (_cutting!.Composes)
        {
            json.WriteStartObject("normalizer");
            json.WriteString("type", "NFC");
            json.WriteEndObject();
        }
        else
        {
            json.WriteNull("normalizer");
        }

        bool usual = _cutting.Patterns[^1] == PatternSplit.Gpt2;
        json.WriteStartObject("pre_tokenizer");
        json.WriteString("type", "Sequence");
        json.WriteStartArray("pretokenizers");
        foreach (string pattern in _cutting.Patterns[..^(usual ? 1 : 0)])
        {
            WriteCut(json, pattern);
        }

        json.WriteStartObject();
        WriteByteLevel(json, usual);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteStartObject("decoder");
        WriteByteLevel(json, usual);
        json.WriteEndObject();
    }

    private static void WriteCut(Utf8JsonWriter json, string pattern)
    {
        json.WriteStartObject();
        if (pattern == GgufPreTokenizer.EachNumber)
        {
            json.WriteString("type", "Digits");
            json.WriteBoolean("individual_digits", true);
        }
        else
        {
            json.WriteString("type", "Split");
            json.WriteStartObject("pattern");
            json.WriteString("Regex", pattern);
            json.WriteEndObject();
            json.WriteString("behavior", "Isolated");
            json.WriteBoolean("invert", false);
        }

        json.WriteEndObject();
    }

    private static void WriteByteLevel(Utf8JsonWriter json, bool cuts)
    {
        json.WriteString("type", "ByteLevel");
        json.WriteBoolean("add_prefix_space", false);
        json.WriteBoolean("trim_offsets", true);
        json.WriteBoolean("use_regex", cuts);
    }

    private void WritePieceSteps(Utf8JsonWriter json)
    {
        bool prefixes = _file.FindBoolean(Prefix + "add_space_prefix") ?? true;
        json.WriteStartObject("normalizer");
        json.WriteString("type", "Sequence");
        json.WriteStartArray("normalizers");
        if (prefixes)
        {
            json.WriteStartObject();
            json.WriteString("type", "Prepend");
            json.WriteString("prepend", Space);
            json.WriteEndObject();
        }

        json.WriteStartObject();
        WriteReplace(json, " ", Space);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteNull("pre_tokenizer");
        json.WriteStartObject("decoder");
        json.WriteString("type", "Sequence");
        json.WriteStartArray("decoders");
        json.WriteStartObject();
        WriteReplace(json, Space, " ");
        json.WriteEndObject();
        foreach (string step in (string[])["ByteFallback", "Fuse"])
        {
            json.WriteStartObject();
            json.WriteString("type", step);
            json.WriteEndObject();
        }

        if (prefixes)
        {
            json.WriteStartObject();
            json.WriteString("type", "Strip");
            json.WriteString("content", " ");
            json.WriteNumber("start", 1);
            json.WriteNumber("stop", 0);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteReplace(Utf8JsonWriter json, string from, string to)
    {
        json.WriteString("type", "Replace");
        json.WriteStartObject("pattern");
        json.WriteString("String", from);
        json.WriteEndObject();
        json.WriteString("content", to);
    }

    // The tokens that are added around a text, in a template of one sequence and one of two.
    private void WritePostProcessor(Utf8JsonWriter json)
    {
        int? bos = _file.FindBoolean(Prefix + "add_bos_token") ?? _cutting?.AddsBos ?? true ? Id("bos_token_id") : null;
        int? eos = _file.FindBoolean(Prefix + "add_eos_token") ?? false ? Id("eos_token_id") : null;
        if (bos is null && eos is null)
        {
            json.WriteNull("post_processor");
            return;
        }

        json.WriteStartObject("post_processor");
        json.WriteString("type", "TemplateProcessing");
        foreach ((string name, string[] sequences) in new[] { ("single", (string[])["A"]), ("pair", ["A", "B"]) })
        {
            json.WriteStartArray(name);
            for (int i = 0; i < sequences.Length; i++)
            {
                WriteItem(json, "SpecialToken", bos is int first ? _tokens[first] : null, i);
                WriteItem(json, "Sequence", sequences[i], i);
                WriteItem(json, "SpecialToken", eos is int last ? _tokens[last] : null, i);
            }

            json.WriteEndArray();
        }

        json.WriteStartObject("special_tokens");
        foreach (int id in new[] { bos, eos }.OfType<int>().Distinct())
        {
            json.WriteStartObject(_tokens[id]);
            json.WriteString("id", _tokens[id]);
            json.WriteStartArray("ids");
            json.WriteNumberValue(id);
            json.WriteEndArray();
            json.WriteStartArray("tokens");
            json.WriteStringValue(_tokens[id]);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteItem(Utf8JsonWriter json, string kind, string? id, int type)
    {
        if (id is not null)
        {
            json.WriteStartObject();
            json.WriteStartObject(kind);
            json.WriteString("id", id);
            json.WriteNumber("type_id", type);
            json.WriteEndObject();
            json.WriteEndObject();
        }
    }

    private void WriteVocabulary(Utf8JsonWriter json)
    {
        var ids = new Dictionary<string, int>(_tokens.Length, StringComparer.Ordinal);
        json.WriteStartObject("vocab");
        for (int id = 0; id < _tokens.Length; id++)
        {
            if (ids.TryAdd(_tokens[id], id))
            {
                json.WriteNumber(_tokens[id], id);
            }
        }

        json.WriteEndObject();
        json.WriteStartArray("merges");
        foreach ((string left, string right) in _pieces ? PieceMerges.Make(_tokens, Scores(), _types, ids) : Merges())
        {
            json.WriteStartArray();
            json.WriteStringValue(left);
            json.WriteStringValue(right);
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    private float[] Scores() => _file.FindFloats(Prefix + "scores") is { } scores && scores.Length == _tokens.Length
        ? scores
        : throw new CheckpointException(_file.Path, "no score for each token", $"{_tokens.Length} scores", "The vocabulary is damaged.");

    private IEnumerable<(string Left, string Right)> Merges()
    {
        foreach (string merge in _file.GetStrings(Prefix + "merges"))
        {
            int space = merge.IndexOf(' ', Math.Min(1, merge.Length));
            yield return space < 0
                ? throw new CheckpointException(_file.Path, $"the merge \"{merge}\"", "two parts with a space between them", "The vocabulary is damaged.")
                : (merge[..space], merge[(space + 1)..]);
        }
    }

    private int? Id(string key) => _file.FindInteger(Prefix + key) is long id and >= 0 && id < _tokens.Length ? (int)id : null;
}
