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
        switch (model["type"].StringOrNull ?? (model["merges"].Exists ? "BPE" : null))
        {
            case "BPE":
                ReadIds(model["vocab"]);
                Model = ReadBytePairs(model, isByteLevel, isMapped);
                Style = isByteLevel ? TokenStyle.ByteLevel : TokenStyle.Plain;
                break;
            default:
                throw model["type"].Wrong("BPE", "The vocabulary is of a kind that is not known.");
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
