namespace Temperament.Studies.Organism;

/// <summary>What the reader read, before it is checked; the members are those of <see cref="CorpusGrammar"/>.</summary>
internal sealed record GrammarParts(
    IReadOnlyList<Topic> Topics, IReadOnlyList<Template> Prose, IReadOnlyList<Template> Carriers, IReadOnlyList<Template> Questions,
    IReadOnlyList<Template> HeldOutQuestions, IReadOnlyList<Template> DocumentQuestions, IReadOnlyList<Template> ChatFirst,
    IReadOnlyList<Template> ChatSecond, IReadOnlyList<Template> ChatThird, GrammarRates Rates, EmojiRules Emoji,
    IReadOnlyList<Register> Registers);
