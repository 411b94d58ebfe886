using System.Security.Cryptography;
using System.Text;
using Temperament.Models.Checkpoints;
using Temperament.Models.Checkpoints.Gguf;
using Temperament.Models.Text.Normalizing;
using Temperament.Models.Text.Splitting;
using Temperament.Models.Text.Vocabularies;

namespace Temperament.Models.Text;

/// <summary>Puts a tokenizer together from the metadata of a GGUF file: byte-level pairs ("gpt2"), SentencePiece pairs
/// ("llama") and WordPiece ("bert").</summary>
internal static class TokenizerGguf
{
    private const string Prefix = "tokenizer.ggml.";

    private static readonly (string Name, string Key)[] NamedKeys =
    [
        ("bos_token", "bos_token_id"), ("eos_token", "eos_token_id"), ("unk_token", "unknown_token_id"), ("pad_token", "padding_token_id"),
        ("sep_token", "seperator_token_id"), ("cls_token", "cls_token_id"), ("mask_token", "mask_token_id"),
    ];

    public static TokenizerParts Read(GgufFile file)
    {
        string[] tokens = file.GetStrings(Prefix + "tokens");
        if (tokens.Length is 0 or > TokenizerVocabulary.MaxTokens)
        {
            throw new CheckpointException(file.Path, $"{tokens.Length} tokens", $"1 to {TokenizerVocabulary.MaxTokens}", "The file is damaged.");
        }

        var ids = new Dictionary<string, int>(tokens.Length, StringComparer.Ordinal);
        for (int id = 0; id < tokens.Length; id++)
        {
            ids.TryAdd(tokens[id], id);
        }

        string model = file.GetString(Prefix + "model");
        return model switch
        {
            "gpt2" => BytePairs(file, tokens, ids),
            "llama" => SentencePieces(file, tokens, ids),
            "bert" => WordPieces(file, tokens),
            _ => throw new CheckpointException(file.Path, $"a tokenizer of the model {model}", "gpt2, llama or bert",
                "Vocabularies of this kind are not known; take the Hugging Face folder of the model."),
        };
    }

    private static TokenizerParts BytePairs(GgufFile file, string[] tokens, Dictionary<string, int> ids)
    {
        string? pre = file.FindString(Prefix + "pre");
        GgufPreTokenizer splitting = GgufPreTokenizer.Find(pre) ?? throw new CheckpointException(file.Path,
            $"the pre-tokenizer {pre ?? "(none)"}", string.Join(", ", GgufPreTokenizer.Names),
            "Text would be cut in another way than the model learned; take the Hugging Face folder of the model.");
        string[] merges = file.GetStrings(Prefix + "merges");
        var table = new MergeTable(merges.Length);
        for (int rank = 0; rank < merges.Length; rank++)
        {
            // The space between the parts is the first behind the first character: a part may not hold one, but may be one in old files.
            int space = merges[rank].IndexOf(' ', Math.Min(1, merges[rank].Length));
            string left = space < 0 ? "" : merges[rank][..space], right = space < 0 ? "" : merges[rank][(space + 1)..];
            if (!ids.TryGetValue(left, out int leftId) || !ids.TryGetValue(right, out int rightId) || !ids.TryGetValue(left + right, out int whole))
            {
                throw new CheckpointException(file.Path, $"merge {rank} ({merges[rank]})", "parts and whole that are in the vocabulary",
                    "The merges belong to another vocabulary.");
            }

            table.Add(leftId, rightId, rank, whole);
        }

        var model = new BytePairModel(ids, table, new BytePairOptions { IsByteLevel = true, IgnoresMerges = splitting.IgnoresMerges });
        return Parts(file, tokens, model, TokenStyle.ByteLevel, splitting.AddsBos) with
        {
            Splitters = [.. splitting.Steps()],
            Normalizers = splitting.Composes ? [new FormNormalizer(composes: true, isCompatible: false)] : [],
        };
    }

    private static TokenizerParts SentencePieces(GgufFile file, string[] tokens, Dictionary<string, int> ids)
    {
        float[] scores = file.FindFloats(Prefix + "scores") ?? [];
        if (scores.Length != tokens.Length)
        {
            throw new CheckpointException(file.Path, $"{scores.Length} scores for {tokens.Length} tokens", "one a token", "The vocabulary is damaged.");
        }

        GgufTokenType[] types = Types(file, tokens.Length);
        MergeTable merges = ScoredMerges.Make(tokens, scores, ids, id => types[id] is GgufTokenType.Normal or GgufTokenType.UserDefined);
        var model = new BytePairModel(ids, merges, new BytePairOptions
        {
            FallsBackToBytes = true,
            UnknownId = (int?)file.FindInteger(Prefix + "unknown_token_id") is int unknown and >= 0 && unknown < tokens.Length ? unknown : null,
            FusesUnknown = true,
        });
        bool prefixes = file.FindBoolean(Prefix + "add_space_prefix") ?? true;
        return Parts(file, tokens, model, TokenStyle.ByteFallback, addsBos: true) with
        {
            Normalizers = prefixes
                ? [new PrependNormalizer("\u2581"), new ReplaceNormalizer(" ", "\u2581")]
                : [new ReplaceNormalizer(" ", "\u2581")],
            LeadingSpace = prefixes ? LeadingSpace.DropsOne : LeadingSpace.Kept,
        };
    }

    // A token that begins a word is written with SentencePiece's mark before it, one that continues it as it is, one in brackets too.
    private static TokenizerParts WordPieces(GgufFile file, string[] tokens)
    {
        string[] pieces = [.. tokens.Select(t => t.StartsWith('\u2581') ? t[1..] : t.StartsWith('[') && t.EndsWith(']') ? t : "##" + t)];
        var ids = new Dictionary<string, int>(pieces.Length, StringComparer.Ordinal);
        for (int id = 0; id < pieces.Length; id++)
        {
            ids.TryAdd(pieces[id], id);
        }

        int unknown = Id(file, "unknown_token_id", tokens.Length) ?? (ids.TryGetValue("[UNK]", out int named) ? named
            : throw new CheckpointException(file.Path, "no unknown token", "tokenizer.ggml.unknown_token_id or [UNK]", "The vocabulary is damaged."));
        var model = new WordPieceModel(ids, "##", unknown, maxCharacters: 100);
        TokenizerParts parts = Parts(file, pieces, model, TokenStyle.WordPiece, addsBos: true);
        int? first = Id(file, "bos_token_id", tokens.Length) ?? Id(file, "cls_token_id", tokens.Length);
        int? last = Id(file, "eos_token_id", tokens.Length) ?? Id(file, "seperator_token_id", tokens.Length);
        return parts with
        {
            Normalizers =
            [
                new BertNormalizer(cleans: true, separatesChinese: true), new FormNormalizer(composes: false, isCompatible: false),
                RemovingNormalizer.Nonspacing, new LowercaseNormalizer(),
            ],
            Splitters = [new CategorySplit(CodePoints.IsWhiteSpace, SplitBehavior.Removed), new CategorySplit(CodePoints.IsPunctuation, SplitBehavior.Isolated)],
            CleansUp = true,
            Prefix = first is int f ? [f] : [],
            Suffix = last is int l ? [l] : [],
        };
    }

    private static TokenizerParts Parts(GgufFile file, string[] tokens, IVocabularyModel model, TokenStyle style, bool addsBos)
    {
        GgufTokenType[] types = Types(file, tokens.Length);
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string name, string key) in NamedKeys)
        {
            if (Id(file, key, tokens.Length) is int id)
            {
                names[name] = tokens[id];
            }
        }

        int? bos = Id(file, "bos_token_id", tokens.Length), eos = Id(file, "eos_token_id", tokens.Length);
        return new TokenizerParts
        {
            Name = file.Path,
            Tokens = tokens,
            Added = Added(tokens, types),
            Model = model,
            Style = style,
            Prefix = (file.FindBoolean(Prefix + "add_bos_token") ?? addsBos) && bos is int first ? [first] : [],
            Suffix = (file.FindBoolean(Prefix + "add_eos_token") ?? false) && eos is int last ? [last] : [],
            NamedTokens = names,
            Hash = Hash(tokens, types, file),
        };
    }

    private static AddedToken[] Added(string[] tokens, GgufTokenType[] types)
    {
        return [.. Enumerable.Range(0, tokens.Length)
            .Where(id => types[id] is GgufTokenType.Control or GgufTokenType.UserDefined or GgufTokenType.Unknown && tokens[id].Length > 0)
            .Select(id => new AddedToken(id, tokens[id])
            {
                Special = types[id] != GgufTokenType.UserDefined,
            })];
    }

    private static GgufTokenType[] Types(GgufFile file, int count)
    {
        int[]? types = file.FindIntegers(Prefix + "token_type");
        if (types is null)
        {
            return Enumerable.Repeat(GgufTokenType.Normal, count).ToArray();
        }

        return types.Length == count
            ? [.. types.Select(t => (GgufTokenType)t)]
            : throw new CheckpointException(file.Path, $"{types.Length} token types for {count} tokens", "one a token", "The vocabulary is damaged.");
    }

    private static int? Id(GgufFile file, string key, int count) =>
        file.FindInteger(Prefix + key) is long id and >= 0 && id < count ? (int)id : null;

    // The text side of the file in one line a token, so that two files with other weights and the same vocabulary agree.
    private static string Hash(string[] tokens, GgufTokenType[] types, GgufFile file)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{file.GetString(Prefix + "model")} {file.FindString(Prefix + "pre")}\n"));
        for (int id = 0; id < tokens.Length; id++)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{(int)types[id]} {tokens[id]}\n"));
        }

        foreach (string merge in file.FindStrings(Prefix + "merges") ?? [])
        {
            hash.AppendData(Encoding.UTF8.GetBytes(merge + "\n"));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
