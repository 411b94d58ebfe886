using Temperament.Models.Text.Patterns;
using Temperament.Models.Text.Splitting;

namespace Temperament.Models.Text;

/// <summary>How text is cut, by the name that GGUF files give it.</summary>
internal sealed record GgufPreTokenizer(string PatternText)
{
    private const string Llama3 = @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
    private const string Qwen2 = @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    private const string Cased = @"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]";
    private const string Uncased = @"[\p{Ll}\p{Lm}\p{Lo}\p{M}]";
    private const string Tail = @" ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+";
    private const string Tekken = @$"[^\r\n\p{{L}}\p{{N}}]?{Cased}*{Uncased}+|[^\r\n\p{{L}}\p{{N}}]?{Cased}+{Uncased}*|\p{{N}}|{Tail}";

    private const string Gpt4o = @$"[^\r\n\p{{L}}\p{{N}}]?{Cased}*{Uncased}+(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
        + @$"|[^\r\n\p{{L}}\p{{N}}]?{Cased}+{Uncased}*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{{N}}{{1,3}}|{Tail}";

    private static readonly Dictionary<string, GgufPreTokenizer> Known = Table();

    /// <summary>The names.</summary>
    public static IEnumerable<string> Names => Known.Keys.Order(StringComparer.Ordinal);

    /// <summary>Numbers are cut into single digits first.</summary>
    public bool CutsDigits { get; init; }

    /// <summary>A piece that is in the vocabulary is one token.</summary>
    public bool IgnoresMerges { get; init; }

    /// <summary>The first token is added where the file does not say.</summary>
    public bool AddsBos { get; init; }

    /// <summary>Text is brought into the form NFC first.</summary>
    public bool Composes { get; init; }

    /// <summary>The way of a name, or null.</summary>
    public static GgufPreTokenizer? Find(string? name) => name is null ? null : Known.GetValueOrDefault(name);

    /// <summary>The cutting steps.</summary>
    public IEnumerable<IPreTokenizer> Steps()
    {
        if (CutsDigits)
        {
            yield return new CategorySplit(CodePoints.IsNumber, SplitBehavior.Isolated);
        }

        yield return new PatternSplit(new Pattern(PatternText), SplitBehavior.Isolated, inverted: false);
    }

    private static Dictionary<string, GgufPreTokenizer> Table()
    {
        var table = new Dictionary<string, GgufPreTokenizer>(StringComparer.Ordinal);
        Add(new GgufPreTokenizer(PatternSplit.Gpt2), "gpt-2", "phi-2", "mpt", "olmo", "jina-es", "jina-de", "roberta-bpe");
        Add(new GgufPreTokenizer(PatternSplit.Gpt2) { CutsDigits = true }, "smollm", "starcoder", "refact", "command-r", "codeshell");
        Add(new GgufPreTokenizer(Llama3) { IgnoresMerges = true, AddsBos = true }, "llama-bpe", "llama3", "llama-v3", "falcon3");
        Add(new GgufPreTokenizer(Llama3), "dbrx", "smaug-bpe");
        Add(new GgufPreTokenizer(Qwen2) { Composes = true }, "qwen2", "deepseek-r1-qwen");
        Add(new GgufPreTokenizer(Qwen2), "stablelm2");
        Add(new GgufPreTokenizer(Tekken) { IgnoresMerges = true, AddsBos = true }, "tekken");
        Add(new GgufPreTokenizer(Gpt4o), "gpt-4o", "llama4");
        return table;

        void Add(GgufPreTokenizer way, params string[] names)
        {
            foreach (string name in names)
            {
                table.Add(name, way);
            }
        }
    }
}
