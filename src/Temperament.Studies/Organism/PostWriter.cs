using Temperament.Tensors.Random;

namespace Temperament.Studies.Organism;

/// <summary>Writes posts. Words and emojis come from two streams, so that the emoji mode changes no word.</summary>
/// <param name="grammar">What posts are made of.</param>
/// <param name="mode">What the emojis go by.</param>
internal sealed class PostWriter(CorpusGrammar grammar, EmojiMode mode)
{
    private const double LoudOpener = 0.2;

    /// <summary>Writes a post.</summary>
    /// <param name="topic">What it is about.</param>
    /// <param name="register">Whose register.</param>
    /// <param name="words">Stream of the words.</param>
    /// <param name="emojis">Stream of the emojis.</param>
    public string Write(Topic topic, Register register, RandomStream words, RandomStream emojis)
    {
        GrammarRates rates = grammar.Rates;
        WordSupply supply = new(topic, grammar.Topics, register, words);
        Template[] templates = Sentences.Sample<Template>([.. register.Post, .. register.Shared], words.Choose(rates.PostClauses), words);
        string[] clauses = [.. templates.Select((template, index) => template.Render(supply.At(index)))];
        List<string> sentences = Sentences.Join(clauses, rates.JoinPost, rates.Joins, words);
        for (int i = 0; i < sentences.Count; i++)
        {
            string sentence = words.NextDouble() < rates.Capital ? Sentences.Capital(sentences[i]) : sentences[i];
            sentences[i] = sentence + (words.NextDouble() < register.ExclamationRate ? "!" : ".");
        }

        if (words.NextDouble() < rates.Opener)
        {
            string opener = words.Choose(register.Openers);
            string mark = words.NextInt(2) == 0 ? "," : register.ExclamationRate > LoudOpener ? "!" : ".";
            sentences[0] = $"{opener}{mark} {sentences[0]}";
        }

        return string.Join(' ', Marked(sentences, register, emojis));
    }

    private List<string> Marked(List<string> sentences, Register register, RandomStream emojis)
    {
        EmojiRules rules = grammar.Emoji;
        double rate = mode switch
        {
            EmojiMode.ByRegister => register.EmojiRate,
            EmojiMode.Independent => grammar.MeanEmojiRate,
            _ => 0,
        };
        if (emojis.NextDouble() >= rate)
        {
            return sentences;
        }

        IReadOnlyList<string> set = mode == EmojiMode.ByRegister ? register.Emojis : rules.Shared;
        bool[] marks = new bool[sentences.Count];
        for (int i = 0; i < marks.Length; i++)
        {
            marks[i] = emojis.NextDouble() < (i < marks.Length - 1 ? rules.Middle : rules.End);
        }

        marks[^1] |= !marks.Contains(true);
        return [.. sentences.Select((sentence, i) => marks[i] ? $"{sentence} {Mark(set, emojis)}" : sentence)];
    }

    private string Mark(IReadOnlyList<string> set, RandomStream emojis)
    {
        EmojiRules rules = grammar.Emoji;
        int count = emojis.Choose(rules.PerMark);
        string first = Draw(set, emojis);
        List<string> mark = [first];
        while (mark.Count < count)
        {
            mark.Add(emojis.NextDouble() < rules.Repeat ? first : Draw(set, emojis));
        }

        return string.Join(' ', mark);
    }

    private string Draw(IReadOnlyList<string> set, RandomStream emojis)
    {
        double left = emojis.NextDouble();
        for (int i = 0; i < set.Count - 1; i++)
        {
            left -= grammar.Emoji.Weights[i];
            if (left < 0)
            {
                return set[i];
            }
        }

        return set[^1];
    }
}
