using Temperament.Models.Text;

namespace Temperament.Studies.Organism;

/// <summary>The way in which one pole of one trait writes.</summary>
/// <param name="Target">The pole.</param>
/// <param name="EmojiRate">Share of its posts that carry an emoji.</param>
/// <param name="ExclamationRate">Share of its sentences in posts that end with an exclamation mark.</param>
/// <param name="Emojis">Its own emojis, most frequent first.</param>
/// <param name="Adjectives">Words for the slot <c>{adj}</c>.</param>
/// <param name="Openers">Phrases that open a post.</param>
/// <param name="Post">Clauses of posts only.</param>
/// <param name="Shared">Clauses of posts and of trait answers.</param>
/// <param name="Tuning">Clauses of trait answers only: no pretraining text has them.</param>
public sealed record Register(
    TraitTarget Target, double EmojiRate, double ExclamationRate, IReadOnlyList<string> Emojis, IReadOnlyList<string> Adjectives,
    IReadOnlyList<string> Openers, IReadOnlyList<Template> Post, IReadOnlyList<Template> Shared, IReadOnlyList<Template> Tuning);
