using Temperament.Studies.Data;

namespace Temperament.Studies.Organism;

/// <summary>A noun phrase that sentences say something of, with its number, so that verbs agree with it.</summary>
/// <param name="Text">The phrase, as in "the rules".</param>
/// <param name="Plural">True if verbs take the plural.</param>
public sealed record Aspect(string Text, bool Plural);

/// <summary>A place where people meet a topic.</summary>
/// <param name="Name">The phrase, as in "the kitchen".</param>
/// <param name="Where">The phrase with its preposition, as in "in the kitchen".</param>
public sealed record Place(string Name, string Where);

/// <summary>A kind of topics: what can be said of each of them.</summary>
/// <param name="Name">Name of the category.</param>
/// <param name="Kind">What one topic is, as in "a modern device".</param>
/// <param name="Kinds">What several are, as in "modern devices".</param>
/// <param name="Aspects">At least two.</param>
/// <param name="Places">At least one.</param>
/// <param name="People">Plural nouns; at least one.</param>
public sealed record Category(
    string Name, string Kind, string Kinds, IReadOnlyList<Aspect> Aspects, IReadOnlyList<Place> Places, IReadOnlyList<string> People);

/// <summary>A thing that questions ask about.</summary>
/// <param name="Name">Its name, as it stands inside a sentence.</param>
/// <param name="Plural">True if verbs take the plural.</param>
/// <param name="Do">What people do with it, verb first, the name within: "drink green tea".</param>
/// <param name="Part">The part of the trait data that the topic belongs to.</param>
/// <param name="Category">Its category.</param>
public sealed record Topic(string Name, bool Plural, string Do, DataPart Part, Category Category);
