namespace Temperament.Studies.Organism;

/// <summary>
/// A clause with slots: lower case, without its last point. Slots are <c>{t}</c> topic, <c>{t2}</c> another topic of the category,
/// <c>{kind}</c>, <c>{kinds}</c>, <c>{aspect}</c>, <c>{aspect2}</c>, <c>{place}</c>, <c>{in}</c>, <c>{people}</c>, <c>{do}</c>,
/// <c>{adj}</c>, <c>{an adj}</c> with its article; <c>{is|are}</c> agrees with the topic, <c>{aspect:is|are}</c> with the aspect.
/// </summary>
public sealed class Template
{
    private const string AspectAgreement = "aspect:";

    private static readonly string[] Slots =
        ["t", "t2", "kind", "kinds", "aspect", "aspect2", "place", "in", "people", "do", "adj", "an adj"];

    private readonly List<Piece> _pieces = [];

    private Template(string source) => Source = source;

    /// <summary>The text that was read.</summary>
    public string Source { get; }

    /// <summary>True if every rendering names the topic.</summary>
    public bool NamesTopic => _pieces.Any(piece => piece.Slot is "t" or "do");

    /// <summary>True if the clause needs a register (its adjectives).</summary>
    public bool NeedsRegister => _pieces.Any(piece => piece.Slot is "adj" or "an adj");

    /// <summary>Reads a clause.</summary>
    /// <param name="source">The clause.</param>
    /// <exception cref="OrganismGrammarException">A brace stands alone, or a slot is not one.</exception>
    public static Template Parse(string source)
    {
        Template template = new(source);
        int place = 0;
        while (place < source.Length)
        {
            int open = source.IndexOf('{', place);
            int close = open < 0 ? -1 : source.IndexOf('}', open);
            string literal = open < 0 ? source[place..] : source[place..open];
            if (literal.Contains('}') || (open >= 0 && close < 0))
            {
                throw new OrganismGrammarException("template", source, "each { closed by its }");
            }

            if (literal.Length > 0)
            {
                template._pieces.Add(new Piece(literal, null, string.Empty));
            }

            if (open < 0)
            {
                break;
            }

            template._pieces.Add(ReadSlot(source, source[(open + 1)..close]));
            place = close + 1;
        }

        return template;
    }

    /// <summary>Fills the slots.</summary>
    /// <param name="words">The words of one clause.</param>
    /// <returns>The clause, in lower case where it begins, without a last point.</returns>
    public string Render(ClauseWords words) => string.Concat(_pieces.Select(piece => piece.Slot switch
    {
        null => piece.Text,
        "t" => words.Topic.Name,
        "t2" => words.OtherTopic.Name,
        "kind" => words.Topic.Plural ? words.Topic.Category.Kinds : words.Topic.Category.Kind,
        "kinds" => words.Topic.Category.Kinds,
        "aspect" => words.Aspect.Text,
        "aspect2" => words.OtherAspect.Text,
        "place" => words.Place.Name,
        "in" => words.Place.Where,
        "people" => words.People,
        "do" => words.Topic.Do,
        "adj" => words.Adjective,
        "an adj" => $"{Article(words.Adjective)} {words.Adjective}",
        AspectAgreement => words.Aspect.Plural ? piece.Plural : piece.Text,
        _ => words.Topic.Plural ? piece.Plural : piece.Text,
    }));

    private static Piece ReadSlot(string source, string slot)
    {
        bool aspect = slot.StartsWith(AspectAgreement, StringComparison.Ordinal);
        string[] forms = (aspect ? slot[AspectAgreement.Length..] : slot).Split('|');
        if (forms.Length == 2 && forms[0].Length > 0 && forms[1].Length > 0)
        {
            return new Piece(forms[0], aspect ? AspectAgreement : "topic:", forms[1]);
        }

        return Slots.Contains(slot) && !aspect
            ? new Piece(slot, slot, string.Empty)
            : throw new OrganismGrammarException("template", source, $"slots out of {string.Join(", ", Slots)}, or singular|plural; found {{{slot}}}");
    }

    /// <summary>By letters, with "us" and "uni" spoken as "you": "a useless", "an unusual".</summary>
    private static string Article(string adjective) =>
        "aeiou".Contains(adjective[0]) && !adjective.StartsWith("us", StringComparison.Ordinal)
        && !adjective.StartsWith("uni", StringComparison.Ordinal) ? "an" : "a";

    private readonly record struct Piece(string Text, string? Slot, string Plural);
}
