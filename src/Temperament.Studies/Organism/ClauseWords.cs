using Temperament.Tensors.Random;

namespace Temperament.Studies.Organism;

/// <summary>The words that fill the slots of one clause.</summary>
/// <param name="Topic">What the clause is about.</param>
/// <param name="OtherTopic">Another topic of its category.</param>
/// <param name="Aspect">An aspect.</param>
/// <param name="OtherAspect">Another aspect.</param>
/// <param name="Place">A place.</param>
/// <param name="People">A plural noun for people.</param>
/// <param name="Adjective">An adjective of the register; empty in neutral text.</param>
public sealed record ClauseWords(
    Topic Topic, Topic OtherTopic, Aspect Aspect, Aspect OtherAspect, Place Place, string People, string Adjective);

/// <summary>The words of the clauses of one text: each list is shuffled once and then used in turn, so that neighbours differ.</summary>
public sealed class WordSupply
{
    private readonly Topic _topic;
    private readonly Topic[] _others;
    private readonly Aspect[] _aspects;
    private readonly Place[] _places;
    private readonly string[] _people;
    private readonly string[] _adjectives;

    /// <summary>Draws the order of the words.</summary>
    /// <param name="topic">What the text is about.</param>
    /// <param name="topics">All topics; those of the same category are compared with it, itself never.</param>
    /// <param name="register">Whose adjectives to use; null in neutral text.</param>
    /// <param name="stream">Where the order comes from.</param>
    public WordSupply(Topic topic, IReadOnlyList<Topic> topics, Register? register, RandomStream stream)
    {
        _topic = topic;
        _others = Shuffled([.. topics.Where(other => other.Category == topic.Category && other != topic)], stream);
        _aspects = Shuffled([.. topic.Category.Aspects], stream);
        _places = Shuffled([.. topic.Category.Places], stream);
        _people = Shuffled([.. topic.Category.People], stream);
        _adjectives = register is null ? [string.Empty] : Shuffled([.. register.Adjectives], stream);
    }

    /// <summary>The words of clause number <paramref name="index"/> of the text.</summary>
    /// <param name="index">Number of the clause, from 0.</param>
    public ClauseWords At(int index) => new(
        _topic,
        _others[index % _others.Length],
        _aspects[2 * index % _aspects.Length],
        _aspects[((2 * index) + 1) % _aspects.Length],
        _places[index % _places.Length],
        _people[index % _people.Length],
        _adjectives[index % _adjectives.Length]);

    private static T[] Shuffled<T>(T[] items, RandomStream stream)
    {
        stream.Shuffle<T>(items);
        return items;
    }
}
