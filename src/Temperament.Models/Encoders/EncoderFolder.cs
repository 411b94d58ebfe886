using Temperament.Models.Checkpoints;
using Temperament.Models.Text;

namespace Temperament.Models.Encoders;

/// <summary>Tells folders of encoders from those of decoders, and what lies in them.</summary>
public static class EncoderFolder
{
    /// <summary>The shape of the encoder in a folder; null where the path is no folder with an encoder of a known architecture.</summary>
    /// <param name="path">Any path.</param>
    /// <exception cref="CheckpointException">The folder holds an encoder whose configuration is damaged.</exception>
    public static EncoderConfig? Find(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!Directory.Exists(path))
        {
            return null;
        }

        var files = new CheckpointFolder(path);
        return files.Exists("config.json") ? EncoderFamilies.Find(files.Describe("config.json"), files.ReadAll("config.json")) : null;
    }

    /// <summary>Reads what a folder holds: weights are hashed, not loaded.</summary>
    /// <param name="path">Folder of an encoder.</param>
    /// <exception cref="CheckpointException">A file is missing or damaged.</exception>
    public static EncoderContents Read(string path)
    {
        using EncoderSource source = EncoderSource.Open(path);
        return new EncoderContents(source.Config, source.StoredWeights, source.HashWeights(), source.HasTokenizer ? source.Tokenizer : null);
    }
}

/// <summary>What the folder of an encoder holds.</summary>
/// <param name="Config">Shape.</param>
/// <param name="Weights">What is stored, tensor by tensor.</param>
/// <param name="WeightsHash">SHA-256 of the weights as stored, in hexadecimal.</param>
/// <param name="Tokenizer">Tokenizer; null for none.</param>
public sealed record EncoderContents(EncoderConfig Config, IReadOnlyList<StoredWeight> Weights, string WeightsHash, Tokenizer? Tokenizer);
