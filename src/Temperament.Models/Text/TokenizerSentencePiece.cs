using System.Security.Cryptography;
using Temperament.Models.Checkpoints;
using Temperament.Models.Text.Normalizing;
using Temperament.Models.Text.Vocabularies;

namespace Temperament.Models.Text;

/// <summary>Puts a tokenizer together from a <c>tokenizer.model</c>, with the ids that SentencePiece itself gives.</summary>
internal static class TokenizerSentencePiece
{
    private const int Unigram = 1, BytePairs = 2;

    public static TokenizerParts Read(string path, ReadOnlyMemory<byte> content, ReadOnlyMemory<byte> config)
    {
        SentencePieceModel model = SentencePieceModel.Read(path, content);
        IReadOnlyList<ScoredPiece> pieces = model.Pieces;
        var ids = new Dictionary<string, int>(pieces.Count, StringComparer.Ordinal);
        for (int id = 0; id < pieces.Count; id++)
        {
            if (!ids.TryAdd(pieces[id].Text, id))
            {
                throw new CheckpointException(path, $"the piece {pieces[id].Text} twice", "each piece once", "The file is damaged.");
            }
        }

        int unknown = pieces.ToList().FindIndex(p => p.Type == PieceType.Unknown);
        if (unknown < 0)
        {
            throw new CheckpointException(path, "no piece for the unknown", "one", "The file is damaged.");
        }

        int[] bytes = [.. Enumerable.Range(0, 256).Select(b => ids.GetValueOrDefault($"<0x{b:X2}>", -1))];
        if (model.FallsBackToBytes && bytes.Any(b => b < 0 || pieces[b].Type != PieceType.Byte))
        {
            throw new CheckpointException(path, "no piece for some byte", "all 256, since unknown characters are written as bytes", "The file is damaged.");
        }

        (CharacterMap? rules, string? fault) = CharacterMap.Read(model.CharacterRules.Span);
        if (fault is not null)
        {
            throw new CheckpointException(path, fault, "whole character rules", "The file is damaged.");
        }

        TokenTrie? certain = pieces.Any(p => p.Type == PieceType.UserDefined)
            ? new TokenTrie([.. pieces.Select(p => p.Type == PieceType.UserDefined ? p.Text : null)])
            : null;
        CheckpointJson? settings = config.IsEmpty ? null : CheckpointJson.Parse("tokenizer_config.json", config);
        bool endsTexts = Piece(model.Special.First) is null;
        return new TokenizerParts
        {
            Name = path,
            Tokens = [.. pieces.Select(p => p.Text)],
            Added = [.. Enumerable.Range(0, pieces.Count).Where(id => pieces[id].Type is PieceType.Control or PieceType.Unknown)
                .Select(id => new AddedToken(id, pieces[id].Text) { Special = true })],
            Normalizers = [new PieceNormalizer(rules, certain, model.AddsPrefix, model.RemovesExtraSpaces, model.MarksSpaces, model.PutsSpaceBehind)],
            Model = model.ModelType switch
            {
                Unigram => UnigramOf(model, unknown, bytes),
                BytePairs => BytePairsOf(model, ids, unknown, certain, path),
                _ => throw new CheckpointException(path, $"a model of the type {model.ModelType}", "1 (unigram) or 2 (byte pairs)",
                    "Models of words or characters are not known here."),
            },
            Style = model.FallsBackToBytes ? TokenStyle.ByteFallback : TokenStyle.Metaspace,
            LeadingSpace = model.RemovesExtraSpaces ? LeadingSpace.DropsUntilText : model.AddsPrefix ? LeadingSpace.DropsOne : LeadingSpace.Kept,
            Surfaces = new Dictionary<int, string> { [unknown] = model.UnknownSurface },
            SpansEndAtNext = true,
            // Alone, the file is SentencePiece's, to which control pieces in a text are text; with a configuration it is Hugging Face's.
            ReadsSpecial = settings is not null,
            Prefix = (settings?["add_bos_token"].BoolOr(true) ?? true) && Piece(model.Special.First) is not null ? [model.Special.First] : [],
            // T5 has no first piece and ends its texts instead.
            Suffix = (settings?["add_eos_token"].BoolOr(endsTexts) ?? endsTexts) && Piece(model.Special.Last) is not null ? [model.Special.Last] : [],
            NamedTokens = Names(),
            Hash = Convert.ToHexStringLower(SHA256.HashData(content.Span)),
        };

        string? Piece(int id) => id >= 0 && id < pieces.Count && pieces[id].Type is PieceType.Control or PieceType.Unknown ? pieces[id].Text : null;

        Dictionary<string, string> Names() => new (string Name, int Id)[]
            {
                ("unk_token", unknown), ("bos_token", model.Special.First), ("eos_token", model.Special.Last), ("pad_token", model.Special.Padding),
            }
            .Where(n => Piece(n.Id) is not null).ToDictionary(n => n.Name, n => Piece(n.Id)!, StringComparer.Ordinal);
    }

    private static UnigramModel UnigramOf(SentencePieceModel model, int unknown, int[] bytes)
    {
        IReadOnlyList<ScoredPiece> pieces = model.Pieces;
        var scores = new double[pieces.Count];
        double least = double.MaxValue, largest = double.MinValue;
        for (int id = 0; id < pieces.Count; id++)
        {
            scores[id] = pieces[id].Score;
            if (pieces[id].Type == PieceType.Normal)
            {
                least = Math.Min(least, scores[id]);
                largest = Math.Max(largest, scores[id]);
            }
        }

        return new UnigramModel([.. pieces.Select(p => p.Type is PieceType.Normal or PieceType.UserDefined ? p.Text : null)], scores,
            least <= largest ? (least, largest) : (0, 0), new UnigramOptions
            {
                IsSentencePiece = true,
                UnknownId = unknown,
                Bytes = model.FallsBackToBytes ? bytes : [],
                Certain = Enumerable.Range(0, pieces.Count).Where(id => pieces[id].Type == PieceType.UserDefined).ToHashSet(),
            });
    }

    private static BytePairModel BytePairsOf(SentencePieceModel model, Dictionary<string, int> ids, int unknown, TokenTrie? certain, string path)
    {
        if (model.Pieces.Any(p => p.Type == PieceType.Unused))
        {
            throw new CheckpointException(path, "pieces that are not to be used", "byte pairs without such",
                "Take the tokenizer.json of the model, if it has one.");
        }

        MergeTable merges = ScoredMerges.Make([.. model.Pieces.Select(p => p.Text)], [.. model.Pieces.Select(p => p.Score)], ids,
            id => model.Pieces[id].Type == PieceType.Normal);
        return new BytePairModel(ids, merges, new BytePairOptions
        {
            FallsBackToBytes = model.FallsBackToBytes,
            UnknownId = unknown,
            FusesUnknown = true,
            Certain = certain,
            EndsBytesAtLast = true,
        });
    }
}
