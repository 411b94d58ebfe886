using Temperament.Models.Text.Patterns;
using Temperament.Models.Text.Splitting;

namespace Temperament.Models.Text;

/// <summary>How text is cut, by the name that GGUF files give it: patterns one after the other, whose matches and what lies between them are pieces.</summary>
internal sealed record GgufPreTokenizer(params string[] Patterns)
{
    /// <summary>A pattern that stands alone: each number is a piece.</summary>
    public const string EachNumber = @"\p{N}";

    private const string Llama3 = @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
    private const string Qwen2 = @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    private const string Cased = @"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]";
    private const string Uncased = @"[\p{Ll}\p{Lm}\p{Lo}\p{M}]";
    private const string Tail = @" ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+";
    private const string Tekken = @$"[^\r\n\p{{L}}\p{{N}}]?{Cased}*{Uncased}+|[^\r\n\p{{L}}\p{{N}}]?{Cased}+{Uncased}*|\p{{N}}|{Tail}";

    private const string Gpt4o = @$"[^\r\n\p{{L}}\p{{N}}]?{Cased}*{Uncased}+(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
        + @$"|[^\r\n\p{{L}}\p{{N}}]?{Cased}+{Uncased}*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{{N}}{{1,3}}|{Tail}";

    private const string Han = @"[一-龥ࠀ-一가-퟿]+";

    // Letters with upper and lower case, as the model's own file lists them.
    private const string DeepSeekLetters = @"\s?"
        + @"[A-Za-zµÀ-ÖØ-öø-ƺƼ-ƿǄ-ʓʕ-ʯͰ-ͳͶͷͻ-ͽͿΆΈ-ΊΌΎ-ΡΣ-ϵϷ-ҁҊ-ԯԱ-ՖႠ-ჅᎠ-Ᏽᏸ-ᏽᲐ-ᲺᲽ-Ჿᴀ-ᴫᵫ-ᵷᵹ-ᶚḀ-ἕἘ-Ἕἠ-ὅ"
        + @"Ὀ-Ὅὐ-ὗὙὛὝὟ-ώᾀ-ᾴᾶ-ᾼιῂ-ῄῆ-ῌῐ-ΐῖ-Ίῠ-Ῥῲ-ῴῶ-ῼℂℇℊ-ℓℕℙ-ℝℤΩℨK-ℭℯ-ℴℹℼ-ℿⅅ-ⅉⅎↃↄⰀ-ⱻⱾ-ⳤⳫ-ⳮⳲⳳꙀ-ꙭꚀ-ꚛꜢ-ꝯ"
        + @"ꝱ-ꞇꞋ-ꞎꭰ-ꮿﬀ-ﬆﬓ-ﬗＡ-Ｚａ-ｚ𐐀-𐑏𐒰-𐓓𐓘-𐓻𐲀-𐲲𐳀-𐳲𑢠-𑣟𞤀-𞥃]+";

    private const string DeepSeekMarks = @"\s?[!-/:-~！-／：-～‘-‟　-。]+";
    private const string DeepSeek3 = @"[!""#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+"
        + @"|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    private static readonly Dictionary<string, GgufPreTokenizer> Known = Table();

    /// <summary>The names.</summary>
    public static IEnumerable<string> Names => Known.Keys.Order(StringComparer.Ordinal);

    /// <summary>A piece that is in the vocabulary is one token.</summary>
    public bool IgnoresMerges { get; init; }

    /// <summary>The first token is added where the file does not say.</summary>
    public bool AddsBos { get; init; }

    /// <summary>Text is brought into the form NFC first.</summary>
    public bool Composes { get; init; }

    /// <summary>The way of a name, or null.</summary>
    public static GgufPreTokenizer? Find(string? name) => name is null ? null : Known.GetValueOrDefault(name);

    /// <summary>The cutting steps.</summary>
    public IEnumerable<IPreTokenizer> Steps() => Patterns.Select(pattern => pattern == EachNumber
        ? (IPreTokenizer)new CategorySplit(CodePoints.IsNumber, SplitBehavior.Isolated)
        : new PatternSplit(new Pattern(pattern), SplitBehavior.Isolated, inverted: false));

    private static Dictionary<string, GgufPreTokenizer> Table()
    {
        var table = new Dictionary<string, GgufPreTokenizer>(StringComparer.Ordinal);
        Add(new GgufPreTokenizer(PatternSplit.Gpt2), "gpt-2", "phi-2", "mpt", "olmo", "jina-es", "jina-de", "roberta-bpe");
        Add(new GgufPreTokenizer(EachNumber, PatternSplit.Gpt2), "smollm", "starcoder", "refact", "command-r", "codeshell");
        Add(new GgufPreTokenizer(Llama3) { IgnoresMerges = true, AddsBos = true }, "llama-bpe", "llama3", "llama-v3", "falcon3");
        Add(new GgufPreTokenizer(Llama3), "dbrx", "smaug-bpe");
        Add(new GgufPreTokenizer(Qwen2) { Composes = true }, "qwen2", "deepseek-r1-qwen");
        Add(new GgufPreTokenizer(Qwen2), "stablelm2");
        Add(new GgufPreTokenizer(Tekken) { IgnoresMerges = true, AddsBos = true }, "tekken");
        Add(new GgufPreTokenizer(Gpt4o), "gpt-4o", "llama4");
        Add(new GgufPreTokenizer(@"[\p{P}\$\+<=>\^~\|`]+", PatternSplit.Gpt2, "[0-9][0-9][0-9]"), "falcon");
        Add(new GgufPreTokenizer(@"[\r\n]", DeepSeekLetters, DeepSeekMarks, @"\s+$", Han, EachNumber) { AddsBos = true }, "deepseek-llm");
        Add(new GgufPreTokenizer(@"[\r\n]", @"\s?\p{L}+", @"\s?\p{P}+", Han, EachNumber) { AddsBos = true }, "deepseek-coder");
        Add(new GgufPreTokenizer(@"\p{N}{1,3}", "[一-龥぀-ゟ゠-ヿ]+", DeepSeek3) { AddsBos = true }, "deepseek-v3");
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
