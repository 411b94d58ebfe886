using System.Text.Json;
using Temperament.Models.Checkpoints;
using Temperament.Models.Text.Vocabularies;

namespace Temperament.Models.Text;

/// <summary>Reads the <c>model</c> of a <c>tokenizer.json</c>: the vocabulary and what is done with it.</summary>
internal sealed class TokenizerVocabulary
{
    /// <summary>More tokens than any published vocabulary has.</summary>
    public const int MaxTokens = 1 << 22;

    private readonly string _name;
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private int _size;

    public TokenizerVocabulary(string name, CheckpointJson model, bool isByteLevel, bool isMapped)
    {
        _name = name;
        switch (model["type"].StringOrNull ?? (model["merges"].Exists ? "BPE" : model["vocab"].IsArray ? "Unigram" : null))
        {
            case "WordPiece":
                ReadIds(model["vocab"]);
                Model = ReadWordPieces(model);
                Style = TokenStyle.WordPiece;
                break;
            case "WordLevel":
                ReadIds(model["vocab"]);
                string unknown = model["unk_token"].StringOrNull ?? "<unk>";
                Model = new WordLevelModel(_ids, _ids.TryGetValue(unknown, out int id) ? id : throw model["unk_token"].Wrong("a token of the vocabulary"));
                Style = TokenStyle.Words;
                break;
            case "Unigram":
                Model = ReadUnigram(model);
                Style = TokenStyle.Plain;
                break;
            case "BPE":
                ReadIds(model["vocab"]);
                Model = ReadBytePairs(model, isByteLevel, isMapped);
                Style = isByteLevel ? TokenStyle.ByteLevel : TokenStyle.Plain;
                break;
            default:
                throw model["type"].Wrong("BPE, WordPiece, WordLevel or Unigram", "The vocabulary is of a kind that is not known.");
        }
    }

    /// <summary>What turns pieces into ids.</summary>
    public IVocabularyModel Model { get; }

    /// <summary>How token strings are read where the file has no decoder.</summary>
    public TokenStyle Style { get; }

    /// <summary>Token strings by id, the added ones included.</summary>
    public string?[] TokensWith(IReadOnlyList<AddedToken> added)
    {
        int size = Math.Max(_size, added.Count == 0 ? 0 : added.Max(t => t.Id) + 1);
        var tokens = new string?[size];
        foreach ((string token, int id) in _ids)
        {
            tokens[id] = token;
        }

        foreach (AddedToken token in added)
        {
            tokens[token.Id] = token.Content;
        }

        return tokens;
    }

    private void ReadIds(CheckpointJson vocabulary)
    {
        if (!vocabulary.IsObject)
        {
            throw vocabulary.Wrong("an object of tokens and ids");
        }

        foreach (JsonProperty property in vocabulary.Element.EnumerateObject())
        {
            if (property.Value.ValueKind != JsonValueKind.Number || !property.Value.TryGetInt32(out int id) || id is < 0 or >= MaxTokens)
            {
                throw new CheckpointException(_name, $"token {property.Name} with the id {property.Value}", $"an id from 0 to {MaxTokens - 1}",
                    "The vocabulary is damaged.");
            }

            if (!_ids.TryAdd(property.Name, id))
            {
                throw new CheckpointException(_name, $"token {property.Name} twice", "each token once", "The vocabulary is damaged.");
            }

            _size = Math.Max(_size, id + 1);
        }
    }

    private WordPieceModel ReadWordPieces(CheckpointJson model)
    {
        string unknown = model["unk_token"].StringOrNull ?? "[UNK]";
        return new WordPieceModel(_ids, model["continuing_subword_prefix"].StringOrNull ?? "##",
            _ids.TryGetValue(unknown, out int id) ? id : throw model["unk_token"].Wrong("a token of the vocabulary"),
            model["max_input_chars_per_word"].IntOr(100));
    }

    private UnigramModel ReadUnigram(CheckpointJson model)
    {
        CheckpointJson vocabulary = model["vocab"];
        if (!vocabulary.IsArray || vocabulary.Element.GetArrayLength() is 0 or > MaxTokens)
        {
            throw vocabulary.Wrong($"a list of 1 to {MaxTokens} tokens with scores");
        }

        var tokens = new string[vocabulary.Element.GetArrayLength()];
        var scores = new double[tokens.Length];
        foreach (JsonElement pair in vocabulary.Element.EnumerateArray())
        {
            if (pair.ValueKind != JsonValueKind.Array || pair.GetArrayLength() != 2 || pair[0].ValueKind != JsonValueKind.String
                || pair[1].ValueKind != JsonValueKind.Number || !pair[1].TryGetDouble(out double score) || !double.IsFinite(score))
            {
                throw new CheckpointException(_name, $"token {_size}, which is no pair", "a string and a number", "The vocabulary is damaged.");
            }

            tokens[_size] = pair[0].GetString()!;
            scores[_size] = score;
            // Of equal tokens the last counts.
            _ids[tokens[_size]] = _size++;
        }

        int unknown = model["unk_id"].IntOr(-1);
        if (unknown >= tokens.Length)
        {
            throw model["unk_id"].Wrong($"an id below {tokens.Length}");
        }

        int[] bytes = [.. Enumerable.Range(0, 256).Select(b => _ids.GetValueOrDefault($"<0x{b:X2}>", -1))];
        return new UnigramModel(tokens, scores, (scores.Min(), scores.Max()), new UnigramOptions
        {
            UnknownId = unknown < 0 ? null : unknown,
            Bytes = model["byte_fallback"].BoolOr(false) && !bytes.Contains(-1) ? bytes : [],
        });
    }

    private BytePairModel ReadBytePairs(CheckpointJson model, bool isByteLevel, bool isMapped)
    {
        foreach (string affix in (string[])["continuing_subword_prefix", "end_of_word_suffix"])
        {
            if (model[affix].StringOrNull is { Length: > 0 })
            {
                throw model[affix].Wrong("none", "Byte pairs with marks at the ends of words are not known here.");
            }
        }

        string? unknown = model["unk_token"].StringOrNull;
        return new BytePairModel(_ids, ReadMerges(model["merges"]), new BytePairOptions
        {
            IsByteLevel = isByteLevel,
            IsMapped = isMapped,
            FallsBackToBytes = model["byte_fallback"].BoolOr(false),
            IgnoresMerges = model["ignore_merges"].BoolOr(false),
            UnknownId = unknown is not null && _ids.TryGetValue(unknown, out int id) ? id : null,
            FusesUnknown = model["fuse_unk"].BoolOr(false),
        });
    }

    private MergeTable ReadMerges(CheckpointJson merges)
    {
        if (!merges.IsArray)
        {
            throw merges.Wrong("a list of pairs");
        }

        var table = new MergeTable(merges.Element.GetArrayLength());
        int rank = 0;
        foreach (JsonElement merge in merges.Element.EnumerateArray())
        {
            (string left, string right) = ReadMerge(merge, rank);
            if (!_ids.TryGetValue(left, out int leftId) || !_ids.TryGetValue(right, out int rightId)
                || !_ids.TryGetValue(left + right, out int whole))
            {
                throw new CheckpointException(_name, $"merge {rank} of {left} and {right}", "parts and whole that are in the vocabulary",
                    "The merges belong to another vocabulary.");
            }

            table.Add(leftId, rightId, rank++, whole);
        }

        return table;
    }

    private (string Left, string Right) ReadMerge(JsonElement merge, int rank)
    {
        if (merge.ValueKind == JsonValueKind.Array && merge.GetArrayLength() == 2
            && merge[0].ValueKind == JsonValueKind.String && merge[1].ValueKind == JsonValueKind.String)
        {
            return (merge[0].GetString()!, merge[1].GetString()!);
        }

        if (merge.ValueKind == JsonValueKind.String && merge.GetString()!.Split(' ') is [var left, var right])
        {
            return (left, right);
        }

        throw new CheckpointException(_name, $"merge {rank}, which is no pair", "two strings", "The merges are damaged.");
    }
}
