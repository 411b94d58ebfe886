using Temperament.Models.Checkpoints;
using Temperament.Models.Text.Normalizing;
using Temperament.Models.Text.Patterns;
using Temperament.Models.Text.Splitting;

namespace Temperament.Models.Text;

/// <summary>Reads the normalizers and pre-tokenizers of a <c>tokenizer.json</c>.</summary>
internal sealed class TokenizerSteps
{
    private const int MaxDepth = 8, MaxSteps = 64;

    /// <summary>Rewriting steps in order.</summary>
    public List<INormalizer> Normalizers { get; } = [];

    /// <summary>Cutting steps in order.</summary>
    public List<IPreTokenizer> Splitters { get; } = [];

    /// <summary>Whether the vocabulary is written in bytes.</summary>
    public bool IsByteLevel { get; private set; }

    /// <summary>Whether pieces reach the vocabulary in the characters of the byte table, since steps follow it.</summary>
    public bool IsMapped { get; private set; }

    /// <summary>Reads both lists.</summary>
    public static TokenizerSteps Read(CheckpointJson normalizer, CheckpointJson preTokenizer)
    {
        var steps = new TokenizerSteps();
        steps.ReadNormalizer(normalizer, 0);
        steps.ReadPreTokenizer(preTokenizer, 0);
        return steps;
    }

    private void ReadNormalizer(CheckpointJson normalizer, int depth)
    {
        if (Normalizers.Count > MaxSteps)
        {
            throw normalizer.Wrong($"at most {MaxSteps} steps");
        }

        CheckpointJson type = normalizer["type"];
        switch (type.StringOrNull)
        {
            case null:
                return;
            case "Sequence" when depth < MaxDepth:
                foreach (CheckpointJson inner in normalizer["normalizers"].Items())
                {
                    ReadNormalizer(inner, depth + 1);
                }

                return;
            case "NFC" or "NFD" or "NFKC" or "NFKD":
                Normalizers.Add(new FormNormalizer(type.String.EndsWith('C'), type.String.Contains('K', StringComparison.Ordinal)));
                return;
            case "Lowercase":
                Normalizers.Add(new LowercaseNormalizer());
                return;
            case "StripAccents":
                Normalizers.Add(RemovingNormalizer.Accents);
                return;
            case "BertNormalizer":
                ReadBert(normalizer);
                return;
            case "Nmt":
                Normalizers.Add(new NmtNormalizer());
                return;
            case "ByteLevel":
                Normalizers.Add(new ByteCharacters());
                return;
            case "Precompiled":
                ReadCharacterMap(normalizer["precompiled_charsmap"]);
                return;
            case "Prepend":
                Normalizers.Add(new PrependNormalizer(normalizer["prepend"].String));
                return;
            case "Strip":
                Normalizers.Add(new StripNormalizer(normalizer["strip_left"].BoolOr(true), normalizer["strip_right"].BoolOr(true)));
                return;
            case "Replace":
                CheckpointJson pattern = normalizer["pattern"];
                string content = normalizer["content"].String;
                Normalizers.Add(pattern["Regex"].Exists
                    ? new PatternNormalizer(new Pattern(pattern["Regex"].String), content)
                    : new ReplaceNormalizer(pattern["String"].String, content));
                return;
            default:
                throw type.Wrong("NFC, NFD, NFKC, NFKD, Lowercase, StripAccents, BertNormalizer, Nmt, ByteLevel, Precompiled, Prepend, Strip, Replace or "
                    + "a Sequence of them",
                    "Text would be rewritten in a way that is not known here.");
        }
    }

    private void ReadBert(CheckpointJson normalizer)
    {
        bool lower = normalizer["lowercase"].BoolOr(true);
        Normalizers.Add(new BertNormalizer(normalizer["clean_text"].BoolOr(true), normalizer["handle_chinese_chars"].BoolOr(true)));
        if (normalizer["strip_accents"].BoolOr(lower))
        {
            Normalizers.Add(new FormNormalizer(composes: false, isCompatible: false));
            Normalizers.Add(RemovingNormalizer.Nonspacing);
        }

        if (lower)
        {
            Normalizers.Add(new LowercaseNormalizer());
        }
    }

    private void ReadCharacterMap(CheckpointJson blob)
    {
        byte[] bytes;
        try
        {
            bytes = Convert.FromBase64String(blob.StringOrNull ?? "");
        }
        catch (FormatException)
        {
            throw blob.Wrong("bytes in base64");
        }

        (CharacterMap? map, string? fault) = CharacterMap.Read(bytes);
        if (fault is not null)
        {
            throw blob.Wrong($"whole character rules, not {fault}");
        }

        if (map is not null)
        {
            Normalizers.Add(new PrecompiledNormalizer(map));
        }
    }

    private void ReadPreTokenizer(CheckpointJson preTokenizer, int depth)
    {
        if (Splitters.Count > MaxSteps)
        {
            throw preTokenizer.Wrong($"at most {MaxSteps} steps");
        }

        CheckpointJson type = preTokenizer["type"];
        if (IsByteLevel && !IsMapped && type.Exists)
        {
            IsMapped = true;
            Splitters.Add(new ByteCharacters());
        }

        switch (type.StringOrNull)
        {
            case null:
                return;
            case "Sequence" when depth < MaxDepth:
                foreach (CheckpointJson inner in preTokenizer["pretokenizers"].Items())
                {
                    ReadPreTokenizer(inner, depth + 1);
                }

                return;
            case "ByteLevel":
                ReadByteLevel(preTokenizer);
                return;
            case "Split":
                ReadSplit(preTokenizer);
                return;
            case "Digits":
                Splitters.Add(new CategorySplit(CodePoints.IsNumber,
                    preTokenizer["individual_digits"].BoolOr(false) ? SplitBehavior.Isolated : SplitBehavior.Contiguous));
                return;
            case "Punctuation":
                Splitters.Add(new CategorySplit(CodePoints.IsPunctuation, Behavior(preTokenizer["behavior"], "Isolated")));
                return;
            case "WhitespaceSplit":
                Splitters.Add(new CategorySplit(CodePoints.IsWhiteSpace, SplitBehavior.Removed));
                return;
            case "Whitespace":
                Splitters.Add(new PatternSplit(new Pattern(@"\w+|[^\w\s]+"), SplitBehavior.Removed, inverted: true));
                return;
            case "FixedLength":
                int length = preTokenizer["length"].IntOr(5);
                Splitters.Add(length > 0 ? new FixedLengthSplit(length) : throw preTokenizer["length"].Wrong("a whole number above 0"));
                return;
            case "CharDelimiterSplit":
                Splitters.Add(new LiteralSplit(preTokenizer["delimiter"].String, SplitBehavior.Removed, inverted: false));
                return;
            case "BertPreTokenizer":
                Splitters.Add(new CategorySplit(CodePoints.IsWhiteSpace, SplitBehavior.Removed));
                Splitters.Add(new CategorySplit(CodePoints.IsPunctuation, SplitBehavior.Isolated));
                return;
            case "Metaspace":
                ReadMetaspace(preTokenizer);
                return;
            default:
                throw type.Wrong("ByteLevel, Split, CharDelimiterSplit, Digits, FixedLength, Punctuation, Whitespace, WhitespaceSplit, BertPreTokenizer, Metaspace or a "
                    + "Sequence of them",
                    "Text would be cut in a way that is not known here.");
        }
    }

    private void ReadByteLevel(CheckpointJson step)
    {
        if (step["add_prefix_space"].BoolOr(true))
        {
            Splitters.Add(new PrefixSpace());
        }

        if (step["use_regex"].BoolOr(true))
        {
            Splitters.Add(new PatternSplit(new Pattern(PatternSplit.Gpt2), SplitBehavior.Isolated, inverted: false));
        }

        IsByteLevel = true;
    }

    private void ReadSplit(CheckpointJson step)
    {
        SplitBehavior behavior = Behavior(step["behavior"], null);
        bool inverted = step["invert"].BoolOr(false);
        CheckpointJson pattern = step["pattern"];
        Splitters.Add(pattern["Regex"].Exists
            ? new PatternSplit(new Pattern(pattern["Regex"].String), behavior, inverted)
            : new LiteralSplit(pattern["String"].String, behavior, inverted));
    }

    private void ReadMetaspace(CheckpointJson step)
    {
        string mark = step["replacement"].StringOrNull ?? "\u2581";
        if (mark.Length != 1)
        {
            throw step["replacement"].Wrong("one character");
        }

        // Older files have add_prefix_space and always cut.
        PrependScheme scheme = step["prepend_scheme"].StringOrNull switch
        {
            "first" => PrependScheme.First,
            "never" => PrependScheme.Never,
            "always" => PrependScheme.Always,
            null => step["add_prefix_space"].BoolOr(true) ? PrependScheme.Always : PrependScheme.Never,
            _ => throw step["prepend_scheme"].Wrong("first, never or always"),
        };
        Splitters.Add(new MetaspaceSplit(mark[0], scheme, step["split"].BoolOr(true)));
    }

    private static SplitBehavior Behavior(CheckpointJson behavior, string? otherwise) => (behavior.StringOrNull ?? otherwise) switch
    {
        "Removed" => SplitBehavior.Removed,
        "Isolated" => SplitBehavior.Isolated,
        "MergedWithPrevious" => SplitBehavior.MergedWithPrevious,
        "MergedWithNext" => SplitBehavior.MergedWithNext,
        "Contiguous" => SplitBehavior.Contiguous,
        _ => throw behavior.Wrong("Removed, Isolated, MergedWithPrevious, MergedWithNext or Contiguous"),
    };
}
