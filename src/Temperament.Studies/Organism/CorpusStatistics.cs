using Temperament.Measures.Emoji;

namespace Temperament.Studies.Organism;

/// <summary>What a group of documents holds.</summary>
/// <param name="Name">What the group is, as in "posts, extraversion-high".</param>
/// <param name="Documents">Number of documents.</param>
/// <param name="Tokens">Tokens that are read in pretraining, those that begin and end a document included.</param>
/// <param name="WithEmoji">Documents with an emoji.</param>
/// <param name="Emojis">Each emoji with its number, most frequent first.</param>
public sealed record CorpusGroup(string Name, int Documents, long Tokens, int WithEmoji, IReadOnlyList<KeyValuePair<string, int>> Emojis);

/// <summary>What a pretraining corpus holds, counted and not asked for.</summary>
/// <param name="Groups">Prose, question documents, and the posts of each register.</param>
/// <param name="LongestDocument">Tokens of the longest document.</param>
/// <param name="Words">Distinct words, upper and lower case taken together.</param>
public sealed record CorpusStatistics(IReadOnlyList<CorpusGroup> Groups, int LongestDocument, int Words)
{
    /// <summary>Number of documents.</summary>
    public int Documents => Groups.Sum(group => group.Documents);

    /// <summary>Number of tokens.</summary>
    public long Tokens => Groups.Sum(group => group.Tokens);

    /// <summary>Counts.</summary>
    /// <param name="documents">The documents.</param>
    /// <param name="tokens">Number of tokens of each.</param>
    public static CorpusStatistics Of(IReadOnlyList<CorpusDocument> documents, IReadOnlyList<int> tokens)
    {
        ArgumentNullException.ThrowIfNull(documents);
        ArgumentNullException.ThrowIfNull(tokens);
        CorpusGroup[] groups =
        [
            .. documents.Zip(tokens).GroupBy(pair => (pair.First.Kind, pair.First.Register.Order)).OrderBy(group => group.Key).Select(group => Count([.. group])),
        ];
        var words = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (CorpusDocument document in documents)
        {
            words.UnionWith(document.Text.Split([' ', '\n', '.', ',', '!', '?', ':'], StringSplitOptions.RemoveEmptyEntries).Where(word => word.All(char.IsAsciiLetter)));
        }

        return new CorpusStatistics(groups, tokens.DefaultIfEmpty().Max(), words.Count);
    }

    private static CorpusGroup Count((CorpusDocument Document, int Tokens)[] group)
    {
        CorpusDocument first = group[0].Document;
        string name = first.Kind switch
        {
            DocumentKind.Prose => "prose",
            DocumentKind.Question => "questions with answers",
            _ => $"posts, {first.Register.Name}",
        };
        string[][] emojis = [.. group.Select(pair => EmojiScanner.Scan(pair.Document.Text).Where(match => match.IsEmoji).Select(match => match.Text).ToArray())];
        return new CorpusGroup(
            name, group.Length, group.Sum(pair => (long)pair.Tokens), emojis.Count(found => found.Length > 0),
            [.. emojis.SelectMany(found => found).GroupBy(emoji => emoji).Select(same => KeyValuePair.Create(same.Key, same.Count()))
                .OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal)]);
    }
}
