using Temperament.Models.Text.Normalizing;
using Temperament.Models.Text.Splitting;
using Temperament.Models.Text.Vocabularies;

namespace Temperament.Models.Text;

/// <summary>What a tokenizer is put together from, whichever file it comes from.</summary>
internal sealed record TokenizerParts
{
    /// <summary>File, for errors.</summary>
    public required string Name { get; init; }

    /// <summary>Token strings by id; null where an id has none.</summary>
    public required IReadOnlyList<string?> Tokens { get; init; }

    /// <summary>Added tokens, in the order of the file.</summary>
    public IReadOnlyList<AddedToken> Added { get; init; } = [];

    /// <summary>Rewrites text before it is cut.</summary>
    public IReadOnlyList<INormalizer> Normalizers { get; init; } = [];

    /// <summary>Cuts text.</summary>
    public IReadOnlyList<IPreTokenizer> Splitters { get; init; } = [];

    /// <summary>Turns pieces into ids.</summary>
    public required IVocabularyModel Model { get; init; }

    /// <summary>How token strings are read back.</summary>
    public required TokenStyle Style { get; init; }

    /// <summary>What becomes of a space at the start of a decoded text.</summary>
    public LeadingSpace LeadingSpace { get; init; }

    /// <summary>What unknown or other tokens show as in decoded text where it is not their own string; by id.</summary>
    public IReadOnlyDictionary<int, string> Surfaces { get; init; } = new Dictionary<int, string>();

    /// <summary>How spans leave out white space; null to keep it.</summary>
    public OffsetTrimming? Trimming { get; init; }

    /// <summary>Whether the span of a token ends where that of the next begins, as in SentencePiece.</summary>
    public bool SpansEndAtNext { get; init; }

    /// <summary>Whether decoding undoes the spaces that WordPiece puts around signs.</summary>
    public bool CleansUp { get; init; }

    /// <summary>Ids that are put in front when special tokens are asked for.</summary>
    public IReadOnlyList<int> Prefix { get; init; } = [];

    /// <summary>Ids that are put behind when special tokens are asked for.</summary>
    public IReadOnlyList<int> Suffix { get; init; } = [];

    /// <summary>Whether special tokens that are written in a text may be recognised at all; else they are always plain text.</summary>
    public bool ReadsSpecial { get; init; } = true;

    /// <summary>Names such as bos_token with their strings.</summary>
    public IReadOnlyDictionary<string, string> NamedTokens { get; init; } = new Dictionary<string, string>();

    /// <summary>SHA-256 of what the tokenizer was read from, in hexadecimal.</summary>
    public required string Hash { get; init; }
}
