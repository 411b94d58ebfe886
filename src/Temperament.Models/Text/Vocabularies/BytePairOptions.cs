namespace Temperament.Models.Text.Vocabularies;

/// <summary>How a byte-pair model makes its first symbols.</summary>
internal sealed record BytePairOptions
{
    /// <summary>Symbols are bytes, written in GPT-2's table.</summary>
    public bool IsByteLevel { get; init; }

    /// <summary>Pieces come in the characters of that table already.</summary>
    public bool IsMapped { get; init; }

    /// <summary>A character that the vocabulary lacks is written as its bytes.</summary>
    public bool FallsBackToBytes { get; init; }

    /// <summary>A piece that is in the vocabulary is one token, whatever the merges say.</summary>
    public bool IgnoresMerges { get; init; }

    /// <summary>Stands for what cannot be written; null to leave it out.</summary>
    public int? UnknownId { get; init; }

    /// <summary>A row of unknown characters is one token.</summary>
    public bool FusesUnknown { get; init; }

    /// <summary>Tokens that are taken as they stand before anything merges, and never merge; null for none.</summary>
    public TokenTrie? Certain { get; init; }

    /// <summary>Of the bytes of a character that the vocabulary lacks only the last stands for it, as in SentencePiece.</summary>
    public bool EndsBytesAtLast { get; init; }
}
