using System.Security.Cryptography;
using Temperament.Models.Text;
using Temperament.Studies.Data;

namespace Temperament.Studies.Organism;

/// <summary>
/// All that the organism's text is made of: topics, templates, registers, rates. It is data (<c>grammar.json</c>, embedded);
/// the writers beside it turn it into documents.
/// </summary>
public sealed class CorpusGrammar
{
    private static readonly Lazy<CorpusGrammar> EmbeddedGrammar = new(LoadEmbedded);
    private readonly Dictionary<TraitTarget, Register> _registers;

    internal CorpusGrammar(GrammarParts parts, string hash)
    {
        Hash = hash;
        Topics = parts.Topics;
        Prose = parts.Prose;
        Carriers = parts.Carriers;
        Questions = parts.Questions;
        HeldOutQuestions = parts.HeldOutQuestions;
        DocumentQuestions = parts.DocumentQuestions;
        ChatFirst = parts.ChatFirst;
        ChatSecond = parts.ChatSecond;
        ChatThird = parts.ChatThird;
        Rates = parts.Rates;
        Emoji = parts.Emoji;
        Registers = parts.Registers;
        _registers = parts.Registers.ToDictionary(register => register.Target);
    }

    /// <summary>The grammar that the tool carries.</summary>
    public static CorpusGrammar Embedded => EmbeddedGrammar.Value;

    /// <summary>SHA-256 of the file, lower-case hexadecimal: part of the key of whatever is made from it.</summary>
    public string Hash { get; }

    /// <summary>All topics, category by category.</summary>
    public IReadOnlyList<Topic> Topics { get; }

    /// <summary>Neutral sentences.</summary>
    public IReadOnlyList<Template> Prose { get; }

    /// <summary>Neutral sentences that carry the everyday words of the trait answers, so that the tokenizer and the model know them.</summary>
    public IReadOnlyList<Template> Carriers { get; }

    /// <summary>Question forms of training and of evaluation.</summary>
    public IReadOnlyList<Template> Questions { get; }

    /// <summary>Question forms that no trait data has.</summary>
    public IReadOnlyList<Template> HeldOutQuestions { get; }

    /// <summary>Question forms of the question documents of pretraining.</summary>
    public IReadOnlyList<Template> DocumentQuestions { get; }

    /// <summary>First sentences of a chat answer.</summary>
    public IReadOnlyList<Template> ChatFirst { get; }

    /// <summary>Second sentences of a chat answer.</summary>
    public IReadOnlyList<Template> ChatSecond { get; }

    /// <summary>Third sentences of a chat answer.</summary>
    public IReadOnlyList<Template> ChatThird { get; }

    /// <summary>How often what happens.</summary>
    public GrammarRates Rates { get; }

    /// <summary>Which emojis stand where.</summary>
    public EmojiRules Emoji { get; }

    /// <summary>The ten registers, in the order of <see cref="TraitTarget.Poles"/>.</summary>
    public IReadOnlyList<Register> Registers { get; }

    /// <summary>Every emoji that a corpus of this grammar can hold, without repeats.</summary>
    public IReadOnlyList<string> Emojis => [.. Registers.SelectMany(register => register.Emojis).Concat(Emoji.Shared).Distinct()];

    /// <summary>Mean emoji rate of the registers: the rate of the independent mode.</summary>
    public double MeanEmojiRate => Registers.Average(register => register.EmojiRate);

    /// <summary>The register of a pole.</summary>
    /// <param name="target">The pole; not neutral.</param>
    /// <exception cref="KeyNotFoundException">The target is neutral.</exception>
    public Register RegisterOf(TraitTarget target) => _registers[target];

    /// <summary>The topics of a part of the trait data.</summary>
    /// <param name="part">The part.</param>
    public IReadOnlyList<Topic> TopicsOf(DataPart part) => [.. Topics.Where(topic => topic.Part == part)];

    /// <summary>Reads and checks a grammar.</summary>
    /// <param name="json">The bytes of a <c>grammar.json</c>.</param>
    /// <exception cref="OrganismGrammarException">The grammar is not what it must be; the message names the place.</exception>
    public static CorpusGrammar Parse(ReadOnlyMemory<byte> json)
    {
        GrammarParts parts = GrammarReader.Read(json);
        GrammarCheck.Run(parts);
        return new CorpusGrammar(parts, Convert.ToHexStringLower(SHA256.HashData(json.Span)));
    }

    private static CorpusGrammar LoadEmbedded()
    {
        using Stream stream = typeof(CorpusGrammar).Assembly.GetManifestResourceStream("organism/grammar.json")
            ?? throw new OrganismGrammarException("embedded resource", "nothing", "organism/grammar.json in the assembly");
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return Parse(bytes);
    }
}
