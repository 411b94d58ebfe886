namespace Temperament.Models.Text.Vocabularies;

/// <summary>Turns one piece of text into ids of the vocabulary. May be called by several threads at once.</summary>
internal interface IVocabularyModel
{
    /// <summary>Adds the ids of a piece.</summary>
    void Encode(ReadOnlySpan<char> piece, TokenRun target);
}
