using Temperament.Models.Checkpoints;

namespace Temperament.Models.Encoders;

/// <summary>Tells folders of encoders from those of decoders.</summary>
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
}
