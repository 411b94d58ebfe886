using Temperament.Models.Documents;
using Temperament.Models.Text;

namespace Temperament.Studies.Organism;

/// <summary>The models that temper can make from nothing and carries: data (<c>family.json</c>, embedded), one grammar for all.</summary>
public static class OrganismFamily
{
    private const int SchemaVersion = 1;

    private static readonly Lazy<IReadOnlyList<OrganismMember>> EmbeddedMembers = new(LoadEmbedded);

    /// <summary>The members, the organism first.</summary>
    public static IReadOnlyList<OrganismMember> Members => EmbeddedMembers.Value;

    /// <summary>Finds a member.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="OrganismGrammarException">There is none of this name.</exception>
    public static OrganismMember Of(string name) => Members.FirstOrDefault(member => member.Name == name)
        ?? throw new OrganismGrammarException("family", name, NearestWord.Complain("member", name, [.. Members.Select(member => member.Name)]));

    /// <summary>Reads a family.</summary>
    /// <param name="document">The document.</param>
    /// <exception cref="DocumentException">A field is unknown, missing, or has a value that cannot be; says where it stands.</exception>
    public static IReadOnlyList<OrganismMember> Read(DocumentValue document)
    {
        DocumentObject family = DocumentObject.Of(document, "family", "schemaVersion", "members");
        long version = family.Integer("schemaVersion", 0, 0, int.MaxValue);
        if (version != SchemaVersion)
        {
            throw family.Fault("schemaVersion", $"schemaVersion is {version}; this version of temper reads {SchemaVersion}.");
        }

        OrganismMember[] members =
        [
            .. family.Objects("members", "family's member", "name", "seed", "emojis", "guide", "description", "weightsSha256", "tokenizerSha256", "scaledDownSha256")
                .Select(ReadMember),
        ];
        return members.GroupBy(member => member.Name).FirstOrDefault(group => group.Count() > 1)?.Key is { } twice
            ? throw family.Fault("members", $"\"{twice}\" names two members. Rename one of them.")
            : members;
    }

    private static OrganismMember ReadMember(DocumentObject member)
    {
        long seed = member.Integer("seed", 1, 0, long.MaxValue);
        EmojiMode mode = Mode(member, "emojis", "by-register");
        return new OrganismMember(
            new OrganismRecipe
            {
                Name = member.Require("name", "the name of the model and of its folder"),
                Seed = seed,
                Corpus = new CorpusSettings(seed, mode),
                Guide = member.Has("guide") ? Mode(member, "guide", string.Empty) : mode,
            },
            member.Require("description", "what sets the member apart"),
            new RecordedHashes(member.String("weightsSha256", string.Empty), member.String("tokenizerSha256", string.Empty), member.String("scaledDownSha256", string.Empty)));
    }

    private static EmojiMode Mode(DocumentObject member, string field, string otherwise) =>
        member.Word(field, otherwise, "by-register", "independent", "none") switch
        {
            "independent" => EmojiMode.Independent,
            "none" => EmojiMode.None,
            _ => EmojiMode.ByRegister,
        };

    private static IReadOnlyList<OrganismMember> LoadEmbedded()
    {
        using Stream stream = typeof(OrganismFamily).Assembly.GetManifestResourceStream("organism/family.json")
            ?? throw new OrganismGrammarException("embedded resource", "nothing", "organism/family.json in the assembly");
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return Read(DocumentReader.Parse("family.json (embedded)", bytes));
    }
}
