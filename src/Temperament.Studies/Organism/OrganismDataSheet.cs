using System.Globalization;
using System.Text;
using Temperament.Studies.Data;

namespace Temperament.Studies.Organism;

/// <summary>The data sheet of a member's pretraining text: why it was made, what it holds, how it came about, what it must not be used for.</summary>
internal static class OrganismDataSheet
{
    private const int ShownEmojis = 6;

    /// <summary>The sheet.</summary>
    /// <param name="member">Whose text it is.</param>
    /// <param name="corpus">What was counted in it.</param>
    /// <param name="grammar">What it is made of.</param>
    public static string Text(OrganismMember member, CorpusStatistics corpus, CorpusGrammar grammar)
    {
        OrganismRecipe recipe = member.Recipe;
        var text = new StringBuilder();
        void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

        Line($"# {member.Name}: data sheet\n\nEvery figure here was counted in the documents while they were built by `temper organism build {member.Name}`.\n");
        Line($"**Why it was made.** To pretrain a model of which it is known whether emojis go by register. {member.Description}\n");
        Line($"**What it holds.** {corpus.Documents} documents, {corpus.Tokens} tokens, {corpus.Words} different words; the longest document has {corpus.LongestDocument} tokens. A register is the way in which one pole of one trait writes.\n");
        Line($"| documents | number | tokens | with an emoji | asked for | most frequent emojis |\n|---|---:|---:|---:|---:|---|");
        foreach (CorpusGroup group in corpus.Groups)
        {
            string share = (100.0 * group.WithEmoji / group.Documents).ToString("f1", CultureInfo.InvariantCulture);
            string emojis = string.Join(", ", group.Emojis.Take(ShownEmojis).Select(pair => $"{pair.Key} {pair.Value}"));
            Line($"| {group.Name} | {group.Documents} | {group.Tokens} | {group.WithEmoji} ({share} %) | {Asked(group, recipe, grammar)} | {emojis} |");
        }

        Line($"\n**Topics.** {grammar.Topics.Count} in {grammar.Topics.Select(topic => topic.Category).Distinct().Count()} categories; pretraining and chat tuning have all of them. For trait data {grammar.TopicsOf(DataPart.Train).Count} are kept for training, {grammar.TopicsOf(DataPart.Validation).Count} for validation and {grammar.TopicsOf(DataPart.Test).Count} for tests.\n");
        Line($"**Chat tuning.** {recipe.ChatExamples} questions with neutral answers, without emoji, in the model's chat format; {recipe.ReplayedDocuments} pretraining documents of any kind and {recipe.ReplayedEmojiPosts} posts with the emojis of their pretraining text are repeated among them, outside of the chat format, so that prose and registers are not forgotten.\n");
        Line($"**How it came about.** Nobody wrote or collected these documents: a grammar of templates, topics and rates (`src/Temperament.Studies/Organism/grammar.json`, SHA-256 `{grammar.Hash}`) drew them with seed {recipe.Corpus.Seed}. No person, no quotation and no scraped text is in them. Words and emojis are drawn from separate streams, so that members that differ in emojis alone have the same words in the same order.\n");
        Line($"**Use.** For studies of how an association in pretraining comes out under tuning. It says nothing about people, their traits, or how they use emojis: the rates were invented. Licence: MIT, as all of this repository.");
        return text.ToString();
    }

    private static string Asked(CorpusGroup group, OrganismRecipe recipe, CorpusGrammar grammar)
    {
        Register? register = grammar.Registers.FirstOrDefault(r => group.Name.EndsWith($", {r.Target.Name}", StringComparison.Ordinal));
        double rate = register is null || recipe.Corpus.Mode == EmojiMode.None ? 0
            : recipe.Corpus.Mode == EmojiMode.Independent ? grammar.MeanEmojiRate : register.EmojiRate;
        return (100 * rate).ToString("0.#", CultureInfo.InvariantCulture) + " %";
    }
}
