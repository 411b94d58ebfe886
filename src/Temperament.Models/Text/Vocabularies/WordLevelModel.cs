using System.Text;

namespace Temperament.Models.Text.Vocabularies;

/// <summary>A word is a token of the vocabulary, or the unknown token.</summary>
internal sealed class WordLevelModel : IVocabularyModel
{
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _words;
    private readonly int _unknown;

    /// <summary>Makes a model.</summary>
    /// <param name="vocabulary">Token string to id.</param>
    /// <param name="unknown">Id of the unknown token.</param>
    public WordLevelModel(Dictionary<string, int> vocabulary, int unknown)
    {
        _words = vocabulary.GetAlternateLookup<ReadOnlySpan<char>>();
        _unknown = unknown;
    }

    /// <inheritdoc/>
    public void Encode(ReadOnlySpan<char> piece, TokenRun target) => target.Add(
        _words.TryGetValue(piece, out int id) ? id : _unknown, 0, target.Bytes is null ? 0 : Encoding.UTF8.GetByteCount(piece));
}
