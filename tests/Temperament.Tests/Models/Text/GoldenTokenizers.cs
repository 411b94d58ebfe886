using Temperament.Models.Text;
using Temperament.Tests.Support;

namespace Temperament.Tests.Models.Text;

/// <summary>The small tokenizers of tests/golden.</summary>
internal static class GoldenTokenizers
{
    public static string Folder(string set) => Path.Combine(Repository.Root, "tests", "golden", "tokenizers", set);

    public static Tokenizer Load(string set)
    {
        string json = Path.Combine(Folder(set), "tokenizer.json");
        return File.Exists(json)
            ? Tokenizer.FromJson(File.ReadAllBytes(json), name: set)
            : Tokenizer.FromSentencePiece(File.ReadAllBytes(Path.Combine(Folder(set), "tokenizer.model")), name: set);
    }
}
