namespace Temperament.Studies.Organism;

/// <summary>A finished build.</summary>
/// <param name="Folder">Where the model is.</param>
/// <param name="WeightsHash">SHA-256 of <c>model.safetensors</c>, lower-case hexadecimal.</param>
/// <param name="TokenizerHash">SHA-256 of <c>tokenizer.json</c>.</param>
/// <param name="Corpus">What was read in pretraining.</param>
/// <param name="Check">How the model chats; null where it was not asked.</param>
public sealed record OrganismBuild(string Folder, string WeightsHash, string TokenizerHash, CorpusStatistics Corpus, ChatCheck? Check)
{
    /// <summary>Whether the bytes are those that were recorded for a member.</summary>
    /// <param name="recorded">What was recorded.</param>
    public bool Is(RecordedHashes recorded)
    {
        ArgumentNullException.ThrowIfNull(recorded);
        return recorded.Weights == WeightsHash && recorded.Tokenizer == TokenizerHash;
    }
}
