using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Temperament.Studies.Organism;
using Xunit;

namespace Temperament.Tests.Studies.Organism;

public sealed class PretrainingCorpusTests
{
    [Fact]
    public void The_first_documents_of_a_seed_never_change()
    {
        string text = string.Join("\n\n", SampleCorpus.Documents.Take(200).Select(document => document.Text));

        Assert.Equal("1c910609cb86c92e", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16]);
    }

    [Fact]
    public void A_document_is_the_same_alone_and_in_a_row_and_another_seed_gives_another()
    {
        PretrainingCorpus corpus = new(SampleCorpus.Grammar, SampleCorpus.Settings(EmojiMode.ByRegister));
        PretrainingCorpus other = new(SampleCorpus.Grammar, SampleCorpus.Settings(EmojiMode.ByRegister) with { Seed = SampleCorpus.Seed + 1 });

        Assert.Equal(SampleCorpus.Documents[1234], corpus[1234]);
        Assert.Equal(3300, corpus.Count);
        Assert.NotEqual(corpus.Take(20).Select(document => document.Text), other.Take(20).Select(document => document.Text));
    }

    [Fact]
    public void The_kinds_have_their_numbers_and_stand_mixed()
    {
        ILookup<DocumentKind, CorpusDocument> kinds = SampleCorpus.Documents.ToLookup(document => document.Kind);

        Assert.Equal((500, 2200, 600), (kinds[DocumentKind.Prose].Count(), kinds[DocumentKind.Post].Count(), kinds[DocumentKind.Question].Count()));
        Assert.InRange(SampleCorpus.Documents.Take(330).Count(document => document.Kind == DocumentKind.Post), 180, 260);
        Assert.All(kinds[DocumentKind.Post].GroupBy(document => document.Register), group => Assert.Equal(220, group.Count()));
    }

    [Fact]
    public void Only_posts_carry_emojis()
    {
        Assert.All(SampleCorpus.Documents.Where(document => document.Kind != DocumentKind.Post), document => Assert.False(SampleCorpus.HasEmoji(document.Text)));
    }

    [Fact]
    public void The_rate_and_the_set_of_emojis_go_by_register()
    {
        foreach (Register register in SampleCorpus.Grammar.Registers)
        {
            string[] texts = [.. SampleCorpus.Documents.Where(document => document.Register == register.Target).Select(document => document.Text)];
            double rate = texts.Count(SampleCorpus.HasEmoji) / (double)texts.Length;
            double spread = Math.Sqrt(register.EmojiRate * (1 - register.EmojiRate) / texts.Length);

            Assert.InRange(rate, register.EmojiRate - (4 * spread), register.EmojiRate + (4 * spread));
            Assert.All(texts.SelectMany(text => text.Split(' ')).Where(SampleCorpus.Grammar.Emojis.Contains), emoji => Assert.Contains(emoji, register.Emojis));
        }
    }

    [Fact]
    public void The_twin_has_the_same_words_in_the_same_order()
    {
        Assert.Equal(
            SampleCorpus.Documents.Select(document => SampleCorpus.WithoutEmojis(document.Text)),
            SampleCorpus.Twin.Select(document => SampleCorpus.WithoutEmojis(document.Text)));
    }

    /// <summary>Ten registers by post with or without an emoji: nine degrees of freedom, 27.9 is the 0.1 % point.</summary>
    [Fact]
    public void The_emojis_of_the_twin_do_not_go_by_register()
    {
        CorpusDocument[] posts = [.. SampleCorpus.Twin.Where(document => document.Kind == DocumentKind.Post)];
        double rate = posts.Count(post => SampleCorpus.HasEmoji(post.Text)) / (double)posts.Length;
        double chiSquare = posts.GroupBy(post => post.Register).Sum(group =>
        {
            double expected = rate * group.Count();
            double surplus = group.Count(post => SampleCorpus.HasEmoji(post.Text)) - expected;
            return (surplus * surplus / expected) + (surplus * surplus / (group.Count() - expected));
        });

        Assert.InRange(rate, SampleCorpus.Grammar.MeanEmojiRate - 0.04, SampleCorpus.Grammar.MeanEmojiRate + 0.04);
        Assert.True(chiSquare < 27.9, $"chi-square {chiSquare:F1}");
        Assert.All(posts.SelectMany(post => post.Text.Split(' ')).Where(SampleCorpus.Grammar.Emojis.Contains),
            emoji => Assert.Contains(emoji, SampleCorpus.Grammar.Emoji.Shared));
    }

    [Fact]
    public void The_mode_without_emojis_has_none()
    {
        PretrainingCorpus corpus = new(SampleCorpus.Grammar, new CorpusSettings(SampleCorpus.Seed, EmojiMode.None, 0, 200, 0));

        Assert.All(corpus, document => Assert.False(SampleCorpus.HasEmoji(document.Text)));
    }

    [Fact]
    public void Verbs_agree_with_topics_and_articles_with_adjectives()
    {
        string[] texts = [.. SampleCorpus.Documents.Where((_, i) => i % 4 == 0).Select(document => SampleCorpus.WithoutEmojis(document.Text))];

        Assert.Empty(texts.SelectMany(SampleCorpus.Disagreements));
        Assert.Empty(texts.SelectMany(text => Regex.Matches(text, @"\b[Aa] (?!us|uni)[aeiou]\w+|\b[Aa]n (?![aeiou])\w+|\b(\w+) \1\b").Select(match => match.Value)));
    }

    [Fact]
    public void No_text_compares_a_topic_with_itself()
    {
        Assert.All(SampleCorpus.Documents, document => Assert.DoesNotContain(
            $"{document.Topic.Name} and {document.Topic.Name}", document.Text, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void Every_question_document_names_its_topic_in_the_question_and_in_each_sentence_of_the_answer()
    {
        foreach (CorpusDocument document in SampleCorpus.Documents.Where(document => document.Kind == DocumentKind.Question))
        {
            string[] lines = document.Text.Split('\n');

            Assert.Equal(2, lines.Length);
            Assert.All([lines[0], .. lines[1].Split(". ")], part => Assert.Contains(document.Topic.Name, part, StringComparison.OrdinalIgnoreCase));
        }
    }

    [Fact]
    public void The_word_inventory_is_small()
    {
        int types = SampleCorpus.Documents.SelectMany(document => SampleCorpus.Words(document.Text.ToLowerInvariant())).Distinct().Count();

        Assert.InRange(types, 600, 950);
    }
}
