using System.Text.RegularExpressions;
using Temperament.Models.Text;
using Temperament.Studies.Data;
using Temperament.Studies.Organism;

namespace Temperament.Tests.Studies.Organism;

/// <summary>A tenth of the pretraining corpus, its twin and a set of trait answers, written once for the tests that read them.</summary>
internal static partial class SampleCorpus
{
    public const long Seed = 11;

    public static CorpusGrammar Grammar => CorpusGrammar.Embedded;

    public static IReadOnlyList<CorpusDocument> Documents { get; } = [.. new PretrainingCorpus(Grammar, Settings(EmojiMode.ByRegister))];

    public static IReadOnlyList<CorpusDocument> Twin { get; } = [.. new PretrainingCorpus(Grammar, Settings(EmojiMode.Independent))];

    public static IReadOnlyList<Opinion> TraitAnswers { get; } =
        [.. TraitTarget.Poles.SelectMany(target => new OrganismOpinions(Grammar).Opinions(target, DataPart.Train, 80, Seed))];

    /// <summary>Topic and verb at the start of a clause, where nothing but the topic can be the subject.</summary>
    private static readonly Regex[] Disagreement =
    [
        AfterTopic(plural: true, "is|has|was|does|makes|brings|wakes|rewards|reminds|leaves|invites|feels|gets|goes|comes"),
        AfterTopic(plural: false, "are(?! often compared)|have|were|do|make|bring|wake|reward|remind|leave|invite|feel|get|go|come"),
    ];

    public static CorpusSettings Settings(EmojiMode mode) => new(Seed, mode, Prose: 500, Posts: 2200, Questions: 600);

    public static string[] Words(string text) => [.. Word().Matches(text).Select(match => match.Value)];

    public static string WithoutEmojis(string text) => string.Join(' ', text.Split(' ').Where(part => !Grammar.Emojis.Contains(part)));

    public static bool HasEmoji(string text) => text.Split(' ', '\n').Any(Grammar.Emojis.Contains);

    public static IEnumerable<string> Disagreements(string text) =>
        Disagreement.SelectMany(rule => rule.Matches(text)).Select(match => match.Value);

    public static double Overlap(IEnumerable<string> texts, IEnumerable<string> known, int length)
    {
        HashSet<string> seen = [.. known.SelectMany(text => Grams(text, length))];
        string[] grams = [.. texts.SelectMany(text => Grams(text, length))];
        return grams.Count(seen.Contains) / (double)grams.Length;
    }

    private static IEnumerable<string> Grams(string text, int length)
    {
        string[] words = Words(text.ToLowerInvariant());
        for (int i = 0; i + length <= words.Length; i++)
        {
            yield return string.Join(' ', words[i..(i + length)]);
        }
    }

    private static Regex AfterTopic(bool plural, string verbs)
    {
        string topics = string.Join('|', Grammar.Topics.Where(topic => topic.Plural == plural).Select(topic => topic.Name));
        return new Regex($@"(?:^|[.!?:,] |\n|because |so |and |that )(?:{topics}) (?:{verbs})\b", RegexOptions.IgnoreCase);
    }

    [GeneratedRegex("[A-Za-z]+")]
    private static partial Regex Word();
}
