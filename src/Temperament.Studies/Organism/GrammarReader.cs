using System.Text.Json;
using Temperament.Models.Documents;
using Temperament.Models.Text;
using Temperament.Studies.Data;

namespace Temperament.Studies.Organism;

/// <summary>Reads <c>grammar.json</c> into <see cref="GrammarParts"/>; what the parts mean together is <see cref="GrammarCheck"/>'s business.</summary>
internal static class GrammarReader
{
    private const int SchemaVersion = 1;

    /// <summary>Reads a grammar.</summary>
    /// <param name="json">The bytes of the file.</param>
    /// <exception cref="OrganismGrammarException">A member is missing or of another kind.</exception>
    public static GrammarParts Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            return ReadParts(document.RootElement);
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new OrganismGrammarException("file", JsonFault.Describe(error), "a grammar of schema version 1 with all its members");
        }
    }

    private static GrammarParts ReadParts(JsonElement root)
    {
        int version = root.GetProperty("schemaVersion").GetInt32();
        if (version != SchemaVersion)
        {
            throw new OrganismGrammarException("schemaVersion", $"{version}", $"{SchemaVersion}");
        }

        JsonElement chat = root.GetProperty("chat");
        return new GrammarParts(
            [.. root.GetProperty("categories").EnumerateArray().SelectMany(ReadCategory)],
            Templates(root, "prose"), Templates(root, "carriers"), Templates(root, "questions"), Templates(root, "heldOutQuestions"),
            Templates(root, "documentQuestions"), Templates(chat, "first"), Templates(chat, "second"), Templates(chat, "third"),
            ReadRates(root.GetProperty("rates")), ReadEmoji(root.GetProperty("emoji")),
            [.. root.GetProperty("registers").EnumerateArray().Select(ReadRegister).OrderBy(register => register.Target.Order)]);
    }

    private static Topic[] ReadCategory(JsonElement element)
    {
        JsonElement aspects = element.GetProperty("aspects");
        IReadOnlyList<string> kind = Words(element, "kind");
        string verb = Word(element, "do");
        if (kind.Count != 2)
        {
            throw new OrganismGrammarException(Word(element, "name"), string.Join(", ", kind), "a kind in the singular and in the plural");
        }

        Category category = new(
            Word(element, "name"), kind[0], kind[1],
            [
                .. Words(aspects, "singular").Select(text => new Aspect(text, false)),
                .. Words(aspects, "plural").Select(text => new Aspect(text, true)),
            ],
            [.. element.GetProperty("places").EnumerateArray().Select(place => new Place(place[0].GetString()!, place[1].GetString()!))],
            Words(element, "people"));
        return [.. element.GetProperty("topics").EnumerateArray().Select(topic => ReadTopic(topic, category, verb))];
    }

    private static Topic ReadTopic(JsonElement element, Category category, string verb)
    {
        string name = Word(element, "name");
        bool plural = element.TryGetProperty("plural", out JsonElement number) && number.GetBoolean();
        string act = element.TryGetProperty("do", out JsonElement own) ? own.GetString()! : $"{verb} {name}";
        string part = element.TryGetProperty("part", out JsonElement place) ? place.GetString()! : "train";
        return new Topic(name, plural, act, part switch
        {
            "train" => DataPart.Train,
            "validation" => DataPart.Validation,
            "test" => DataPart.Test,
            _ => throw new OrganismGrammarException(name, part, "train, validation or test"),
        }, category);
    }

    private static Register ReadRegister(JsonElement element) => new(
        TraitTarget.Parse(Word(element, "target")), Number(element, "emojiRate"), Number(element, "exclamationRate"), Words(element, "emojis"),
        Words(element, "adjectives"), Words(element, "openers"), Templates(element, "post"), Templates(element, "shared"),
        Templates(element, "tuning"));

    private static GrammarRates ReadRates(JsonElement element) => new(
        Words(element, "joins"), Words(element, "neutralJoins"), Number(element, "joinPost"), Number(element, "opener"), Number(element, "capital"),
        Number(element, "thirdChatSentence"), Number(element, "answerExclamation"), Counts(element, "proseSentences"),
        Number(element, "carrierShare"), Counts(element, "postClauses"), Counts(element, "answerClauses"), Counts(element, "documentSentences"));

    private static EmojiRules ReadEmoji(JsonElement element) => new(
        [.. element.GetProperty("weights").EnumerateArray().Select(weight => weight.GetDouble())], Words(element, "shared"),
        Counts(element, "perMark"), Number(element, "repeat"), Number(element, "middle"), Number(element, "end"));

    private static string Word(JsonElement element, string name) =>
        element.GetProperty(name).GetString() ?? throw new OrganismGrammarException(name, "null", "a text");

    private static double Number(JsonElement element, string name) => element.GetProperty(name).GetDouble();

    private static IReadOnlyList<string> Words(JsonElement element, string name) =>
        [.. element.GetProperty(name).EnumerateArray().Select(word => word.GetString()!)];

    private static IReadOnlyList<int> Counts(JsonElement element, string name) =>
        [.. element.GetProperty(name).EnumerateArray().Select(count => count.GetInt32())];

    private static IReadOnlyList<Template> Templates(JsonElement element, string name) => [.. Words(element, name).Select(Template.Parse)];
}
