using System.Security.Cryptography;
using Temperament.Models.Checkpoints;

namespace Temperament.Models.Text;

/// <summary>Reads the <c>tokenizer.json</c> of the Hugging Face library into the parts of a tokenizer.</summary>
internal static class TokenizerJson
{
    private static readonly string[] TokenNames = ["bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"];

    public static TokenizerParts Read(string name, ReadOnlyMemory<byte> json, ReadOnlyMemory<byte> config)
    {
        CheckpointJson root = CheckpointJson.Parse(name, json);
        try
        {
            return Read(name, root, json, config);
        }
        catch (InvalidOperationException e)
        {
            throw new CheckpointException(name, $"a string that is no text ({e.Message})", "whole characters", "The file is damaged.", e);
        }
    }

    private static TokenizerParts Read(string name, CheckpointJson root, ReadOnlyMemory<byte> json, ReadOnlyMemory<byte> config)
    {
        AddedToken[] added = [.. root["added_tokens"].Items().Select(ReadAdded)];
        TokenizerSteps steps = TokenizerSteps.Read(root["normalizer"], root["pre_tokenizer"]);
        var vocabulary = new TokenizerVocabulary(name, root["model"], steps.IsByteLevel, steps.IsMapped);
        DecoderSettings decoder = DecoderSettings.Read(root["decoder"], vocabulary.Style);
        (List<int> prefix, List<int> suffix) = ([], []);
        ReadPostProcessor(root["post_processor"], prefix, suffix);
        return new TokenizerParts
        {
            Name = name,
            Tokens = vocabulary.TokensWith(added),
            Added = added,
            Normalizers = steps.Normalizers,
            Splitters = steps.Splitters,
            Model = vocabulary.Model,
            Style = decoder.Style,
            LeadingSpace = decoder.LeadingSpace,
            Trimming = ReadTrimming(root["post_processor"]),
            CleansUp = decoder.CleansUp,
            Prefix = prefix,
            Suffix = suffix,
            NamedTokens = config.IsEmpty ? new Dictionary<string, string>() : ReadNames(CheckpointJson.Parse("tokenizer_config.json", config)),
            Hash = Convert.ToHexStringLower(SHA256.HashData(json.Span)),
        };
    }

    private static AddedToken ReadAdded(CheckpointJson token) => new(CheckId(token["id"]), token["content"].String)
    {
        SingleWord = token["single_word"].BoolOr(false),
        LeftStrip = token["lstrip"].BoolOr(false),
        RightStrip = token["rstrip"].BoolOr(false),
        Normalized = token["normalized"].BoolOr(true),
        Special = token["special"].BoolOr(false),
    };

    private static int CheckId(CheckpointJson id) => id.Int is >= 0 and < TokenizerVocabulary.MaxTokens and int value
        ? value
        : throw id.Wrong($"an id from 0 to {TokenizerVocabulary.MaxTokens - 1}");

    private static Dictionary<string, string> ReadNames(CheckpointJson config)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string name in TokenNames)
        {
            CheckpointJson value = config[name];
            string? content = value.IsObject ? value["content"].StringOrNull : value.StringOrNull;
            if (content is not null)
            {
                names[name] = content;
            }
        }

        return names;
    }

    private static void ReadPostProcessor(CheckpointJson processor, List<int> prefix, List<int> suffix)
    {
        switch (processor["type"].StringOrNull)
        {
            case null or "ByteLevel":
                break;
            case "Sequence":
                foreach (CheckpointJson inner in processor["processors"].Items())
                {
                    ReadPostProcessor(inner, prefix, suffix);
                }

                break;
            case "TemplateProcessing":
                ReadTemplate(processor, prefix, suffix);
                break;
            case "RobertaProcessing" or "BertProcessing":
                prefix.Insert(0, Pair(processor["cls"]));
                suffix.Add(Pair(processor["sep"]));
                break;
            case var other:
                throw processor["type"].Wrong("ByteLevel, TemplateProcessing, RobertaProcessing, BertProcessing or Sequence",
                    $"The post-processor {other} is not known.");
        }
    }

    private static OffsetTrimming? ReadTrimming(CheckpointJson processor) => processor["type"].StringOrNull switch
    {
        "ByteLevel" or "RobertaProcessing" when processor["trim_offsets"].BoolOr(true) =>
            new OffsetTrimming(processor["add_prefix_space"].BoolOr(true)),
        "Sequence" => processor["processors"].Items().Select(ReadTrimming).FirstOrDefault(t => t is not null),
        _ => null,
    };

    private static int Pair(CheckpointJson pair) => pair.Items().ElementAtOrDefault(1) is { Exists: true } id
        ? CheckId(id)
        : throw pair.Wrong("a token and its id");

    private static void ReadTemplate(CheckpointJson processor, List<int> prefix, List<int> suffix)
    {
        CheckpointJson known = processor["special_tokens"];
        var before = new List<int>();
        bool behind = false;
        foreach (CheckpointJson item in processor["single"].Items())
        {
            if (item["Sequence"].Exists)
            {
                behind = true;
                continue;
            }

            CheckpointJson ids = known[item["SpecialToken"]["id"].String]["ids"];
            if (!ids.Exists)
            {
                throw item.Wrong("a token that special_tokens lists");
            }

            (behind ? suffix : before).AddRange(ids.Items().Select(CheckId));
        }

        prefix.InsertRange(0, before);
    }
}
