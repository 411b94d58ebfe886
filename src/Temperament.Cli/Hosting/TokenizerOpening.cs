using Temperament.Models.Checkpoints;
using Temperament.Models.Text;

namespace Temperament.Cli.Hosting;

/// <summary>Opens the tokenizer of what the command line calls MODEL. A folder with a tokenizer and no weights will do.</summary>
internal static class TokenizerOpening
{
    private const string TokenizerName = "tokenizer.json", ConfigName = "tokenizer_config.json";

    /// <summary>The tokenizer.</summary>
    public static Tokenizer Open(string model)
    {
        string file = Directory.Exists(model) ? Path.Combine(model, TokenizerName) : model;
        if (Path.GetFileName(file) != TokenizerName || !File.Exists(file))
        {
            using ModelSource source = ModelOpening.Source(model);
            return source.Tokenizer;
        }

        string config = Path.Combine(Path.GetDirectoryName(file)!, ConfigName);
        return Tokenizer.FromJson(File.ReadAllBytes(file), File.Exists(config) ? File.ReadAllBytes(config) : default, file);
    }
}
