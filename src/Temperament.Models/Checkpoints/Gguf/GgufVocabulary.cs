using Temperament.Models.Checkpoints.Writing;
using Temperament.Models.Text;
using Temperament.Models.Text.Splitting;

namespace Temperament.Models.Checkpoints.Gguf;

/// <summary>Writes a <c>tokenizer.json</c> into the metadata of a GGUF file. What the format cannot say is refused.</summary>
internal sealed class GgufVocabulary
{
    private const string Prefix = "tokenizer.ggml.";

    // One name for each way of cutting, of those that are read.
    private static readonly string[] Names = ["gpt-2", "smollm", "llama-bpe", "dbrx", "qwen2", "stablelm2", "tekken", "gpt-4o", "deepseek-llm", "deepseek-coder", "deepseek-v3"];

    private readonly string _path;
    private readonly CheckpointJson _root;
    private readonly CheckpointJson _model;

    private GgufVocabulary(string path, ReadOnlyMemory<byte> json)
    {
        _path = path;
        _root = CheckpointJson.Parse(path, json);
        _model = _root["model"];
    }

    /// <summary>Writes all keys.</summary>
    /// <param name="writer">Where they are set.</param>
    /// <param name="path">File, for messages.</param>
    /// <param name="json">Content of <c>tokenizer.json</c>.</param>
    /// <param name="tokenizer">The tokenizer that was read from it.</param>
    /// <param name="size">Number of embeddings; ids without a token are filled up.</param>
    /// <param name="eos">Tokens that end an answer, the usual one first.</param>
    public static void Write(GgufWriter writer, string path, ReadOnlyMemory<byte> json, Tokenizer tokenizer, int size, IReadOnlyList<int> eos) =>
        new GgufVocabulary(path, json).Write(writer, tokenizer, size, eos);

    private void Write(GgufWriter writer, Tokenizer tokenizer, int size, IReadOnlyList<int> eos)
    {
        if ((_model["type"].StringOrNull ?? "BPE") != "BPE")
        {
            throw _model["type"].Wrong("BPE", "Vocabularies of this kind are not written as GGUF; write a safetensors folder.");
        }

        if (tokenizer.VocabularySize > size)
        {
            throw new CheckpointException(_path, $"{tokenizer.VocabularySize} tokens", $"at most {size}, one an embedding",
                "The tokenizer belongs to another model.");
        }

        bool pieces = _model["byte_fallback"].BoolOr(false);
        var tokens = new string[size];
        var types = new int[size];
        for (int id = 0; id < size; id++)
        {
            string? token = tokenizer.TokenString(id);
            tokens[id] = token ?? $"[PAD{id}]";
            types[id] = (int)(token is null ? GgufTokenType.Unused : pieces && IsByte(token) ? GgufTokenType.Byte : GgufTokenType.Normal);
        }

        foreach (CheckpointJson added in _root["added_tokens"].Items())
        {
            bool special = added["special"].BoolOr(false), unknown = added["content"].String == _model["unk_token"].StringOrNull;
            types[added["id"].Int] = (int)(!special ? GgufTokenType.UserDefined : pieces && unknown ? GgufTokenType.Unknown : GgufTokenType.Control);
        }

        (string Left, string Right)[] merges = [.. _model["merges"].Items().Select(Merge)];
        writer.Set(Prefix + "model", pieces ? "llama" : "gpt2");
        writer.Set(Prefix + "pre", pieces ? "default" : Cutting());
        writer.Set(Prefix + "tokens", tokens);
        writer.Set(Prefix + "token_type", types);
        if (pieces)
        {
            var ids = tokens.Select((token, id) => (token, id)).GroupBy(p => p.token).ToDictionary(g => g.Key, g => g.First().id, StringComparer.Ordinal);
            writer.Set(Prefix + "scores", PieceMerges.Scores(tokens, merges, ids));
            writer.Set(Prefix + "add_space_prefix", tokenizer.Encode("a") is [var first, ..] && (tokenizer.TokenString(first) ?? "").StartsWith('\u2581'));
        }
        else
        {
            writer.Set(Prefix + "merges", [.. merges.Select(m => $"{m.Left} {m.Right}")]);
        }

        WriteSpecial(writer, tokenizer, eos);
    }

    private static bool IsByte(string token) => token is ['<', '0', 'x', _, _, '>'];

    private static (string Left, string Right) Merge(CheckpointJson merge) => merge.IsArray
        ? (merge.Items().ElementAt(0).String, merge.Items().ElementAt(1).String)
        : merge.String.Split(' ') is [var left, var right] ? (left, right) : throw merge.Wrong("two parts with a space between them");

    private static void WriteSpecial(GgufWriter writer, Tokenizer tokenizer, IReadOnlyList<int> eos)
    {
        void Id(string key, int? id)
        {
            if (id is int value)
            {
                writer.Set($"{Prefix}{key}_token_id", (uint)value);
            }
        }

        int? Named(string name) => tokenizer.NamedTokens.TryGetValue(name, out string? token) ? tokenizer.TokenId(token) : null;
        int[] around = tokenizer.Encode("a", addSpecialTokens: true), alone = tokenizer.Encode("a");
        int at = Math.Max(0, around.AsSpan().IndexOf(alone));
        if (at > 1 || around.Length - at - alone.Length > 1)
        {
            throw new ArgumentException("A text with more than one token added on a side cannot be written as GGUF.", nameof(tokenizer));
        }

        bool first = at == 1, last = around.Length > at + alone.Length;
        Id("bos", first ? around[0] : Named("bos_token"));
        Id("eos", last ? around[^1] : Named("eos_token") ?? (eos.Count > 0 ? eos[0] : null));
        Id("eot", eos.Cast<int?>().FirstOrDefault(id => id != (Named("eos_token") ?? eos[0])));
        Id("unknown", Named("unk_token"));
        Id("padding", Named("pad_token"));
        writer.Set(Prefix + "add_bos_token", first);
        writer.Set(Prefix + "add_eos_token", last);
    }

    private string Cutting()
    {
        CheckpointJson step = _root["pre_tokenizer"];
        CheckpointJson[] steps = step["type"].StringOrNull == "Sequence" ? [.. step["pretokenizers"].Items()] : [step];
        string[]? patterns = Patterns(steps);
        CheckpointJson normalizer = _root["normalizer"];
        bool composes = normalizer["type"].StringOrNull == "NFC", ignores = _model["ignore_merges"].BoolOr(false);
        return (composes || !normalizer.Exists) && patterns is not null
            && Names.FirstOrDefault(name => GgufPreTokenizer.Find(name) is { } way && way.Patterns.SequenceEqual(patterns)
                && way.Composes == composes && way.IgnoresMerges == ignores) is { } found
            ? found
            : throw new CheckpointException(_path, $"a pre-tokenizer that no GGUF file has a name for ({Shown(step)})", string.Join(", ", Names),
                "Text would be cut in another way than the model learned; write a safetensors folder.");
    }

    // The patterns of steps that end in bytes; null where one of them is no pattern.
    private static string[]? Patterns(CheckpointJson[] steps)
    {
        if (steps is not [.. var cuts, var bytes] || !(IsBytes(bytes, cuts: true) || IsBytes(bytes, cuts: false)))
        {
            return null;
        }

        string[] known = [.. cuts.Select(cut => PatternOf(cut, cuts.Length == 1)).OfType<string>()];
        return known.Length < cuts.Length ? null : IsBytes(bytes, cuts: true) ? [.. known, PatternSplit.Gpt2] : known;
    }

    // A pattern that stands alone matches every character of a text, whatever GGUF calls it: then to drop what it does not match changes nothing.
    private static string? PatternOf(CheckpointJson step, bool alone) => (step["type"].StringOrNull, step["behavior"].StringOrNull, step["invert"].BoolOr(false)) switch
    {
        ("Digits", _, _) when step["individual_digits"].BoolOr(false) => GgufPreTokenizer.EachNumber,
        ("Split", "Isolated", false) => step["pattern"]["Regex"].StringOrNull,
        ("Split", "Removed", true) when alone => step["pattern"]["Regex"].StringOrNull,
        _ => null,
    };

    private static bool IsBytes(CheckpointJson step, bool cuts) => step["type"].StringOrNull == "ByteLevel"
        && !step["add_prefix_space"].BoolOr(true) && step["use_regex"].BoolOr(true) == cuts;

    private static string Shown(CheckpointJson step)
    {
        string text = step.Exists ? step.Element.GetRawText() : "none";
        return text.Length > 80 ? text[..80] + "…" : text;
    }
}
