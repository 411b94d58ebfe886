namespace Temperament.Models.Text.Vocabularies;

/// <summary>How a unigram model adds up and what it does with characters that no token has.</summary>
internal sealed record UnigramOptions
{
    /// <summary>Id of the unknown token; null where there is none, and then an unknown character is refused.</summary>
    public int? UnknownId { get; init; }

    /// <summary>Ids of the tokens of the single bytes, in which unknown characters are written; empty to take the unknown token.</summary>
    public IReadOnlyList<int> Bytes { get; init; } = [];

    /// <summary>
    /// Whether the model behaves as SentencePiece: sums are rounded to float after each token, and of the bytes of an unknown character the
    /// last stands for it and the others for nothing. If not it behaves as the Hugging Face library: sums are doubles, unknown characters
    /// in a row are one, and each of its bytes stands for all of it.
    /// </summary>
    public bool IsSentencePiece { get; init; }

    /// <summary>Ids that are always taken where they stand in the text.</summary>
    public IReadOnlySet<int> Certain { get; init; } = new HashSet<int>();
}
