using Temperament.Models.Checkpoints;
using Temperament.Models.Checkpoints.Gguf;
using Temperament.Models.Text;
using Temperament.Studies.Organism;
using Temperament.Tensors.Memory;

namespace Temperament.Cli.Hosting;

/// <summary>Opens the tokenizer of what the command line calls MODEL. A folder or a GGUF file with a tokenizer and no weights will do, and so
/// will a tokenizer.json or a tokenizer.model itself.</summary>
internal static class TokenizerOpening
{
    private const string JsonName = "tokenizer.json", PiecesName = "tokenizer.model", ConfigName = "tokenizer_config.json";

    private const int MostBytes = 1 << 29;

    /// <summary>The tokenizer.</summary>
    public static Tokenizer Open(string model)
    {
        model = ModelCatalog.Locate(model);
        string file = Directory.Exists(model)
            ? Path.Combine(model, File.Exists(Path.Combine(model, JsonName)) ? JsonName : PiecesName)
            : model;
        if (!File.Exists(file))
        {
            using ModelSource source = ModelOpening.Source(model);
            return source.Tokenizer;
        }

        string configFile = Path.Combine(Path.GetDirectoryName(file)!, ConfigName);
        ReadOnlyMemory<byte> config = File.Exists(configFile) ? InputFile.ReadAll(configFile, MostBytes) : default;
        switch (Path.GetExtension(file))
        {
            case ".gguf":
                using (GgufFile gguf = GgufFile.Open(file))
                {
                    return Tokenizer.FromGguf(gguf);
                }

            case ".model":
                return Tokenizer.FromSentencePiece(InputFile.ReadAll(file, MostBytes), config, file);
            default:
                return Tokenizer.FromJson(InputFile.ReadAll(file, MostBytes), config, file);
        }
    }
}
