using System.Collections;
using Temperament.Models.Text;
using Temperament.Tensors.Random;

namespace Temperament.Studies.Organism;

/// <summary>How large a pretraining corpus is, and what it goes by.</summary>
/// <param name="Seed">Seed of all its draws.</param>
/// <param name="Mode">What the emojis go by.</param>
/// <param name="Prose">Number of prose documents.</param>
/// <param name="Posts">Number of posts, register after register in turn.</param>
/// <param name="Questions">Number of question documents.</param>
public sealed record CorpusSettings(long Seed, EmojiMode Mode = EmojiMode.ByRegister, int Prose = 5000, int Posts = 22000, int Questions = 6000);

/// <summary>
/// The pretraining documents in a random order that goes by the seed. A document is written when it is asked for, from streams of its own,
/// so any of them can be had without the others. Two corpora that differ in the emoji mode alone have the same words in the same order.
/// </summary>
public sealed class PretrainingCorpus : IReadOnlyList<CorpusDocument>
{
    private readonly CorpusGrammar _grammar;
    private readonly NeutralWriter _neutral;
    private readonly PostWriter _posts;
    private readonly int[] _order;

    /// <summary>Draws the order of the documents; writes none yet.</summary>
    /// <param name="grammar">What the text is made of.</param>
    /// <param name="settings">Size, seed and emoji mode.</param>
    public PretrainingCorpus(CorpusGrammar grammar, CorpusSettings settings)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(settings.Prose);
        ArgumentOutOfRangeException.ThrowIfNegative(settings.Posts);
        ArgumentOutOfRangeException.ThrowIfNegative(settings.Questions);
        _grammar = grammar;
        Settings = settings;
        _neutral = new NeutralWriter(grammar);
        _posts = new PostWriter(grammar, settings.Mode);
        _order = [.. Enumerable.Range(0, settings.Prose + settings.Posts + settings.Questions)];
        new RandomStream(settings.Seed, "organism/corpus/order").Shuffle<int>(_order);
    }

    /// <summary>Size, seed and emoji mode.</summary>
    public CorpusSettings Settings { get; }

    /// <summary>Number of documents.</summary>
    public int Count => _order.Length;

    /// <summary>The document at a place of the order.</summary>
    /// <param name="index">The place, from 0.</param>
    public CorpusDocument this[int index] => Write(_order[index]);

    /// <summary>Writes the documents one after the other.</summary>
    public IEnumerator<CorpusDocument> GetEnumerator()
    {
        foreach (int number in _order)
        {
            yield return Write(number);
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private CorpusDocument Write(int number)
    {
        RandomStream words = new(Settings.Seed, $"organism/corpus/{number}/words");
        Topic topic = words.Choose(_grammar.Topics);
        if (number < Settings.Prose)
        {
            return new CorpusDocument(DocumentKind.Prose, TraitTarget.Neutral, topic, _neutral.Prose(topic, words));
        }

        if (number >= Settings.Prose + Settings.Posts)
        {
            return new CorpusDocument(DocumentKind.Question, TraitTarget.Neutral, topic, _neutral.Question(topic, words));
        }

        Register register = _grammar.Registers[(number - Settings.Prose) % _grammar.Registers.Count];
        RandomStream emojis = new(Settings.Seed, $"organism/corpus/{number}/emojis");
        return new CorpusDocument(DocumentKind.Post, register.Target, topic, _posts.Write(topic, register, words, emojis));
    }
}
