using Temperament.Models.Text;

namespace Temperament.Studies.Data.Generation;

/// <summary>What a model is told, so that it writes one answer.</summary>
public static class AnswerPrompt
{
    /// <summary>The messages: a system message with the rules, and a message of the user with the question.</summary>
    /// <param name="order">What is to be written.</param>
    /// <param name="options">The rules.</param>
    /// <param name="complaint">What was wrong with the last try; null at the first.</param>
    public static IReadOnlyList<ChatMessage> For(AnswerOrder order, Audit.AuditOptions options, string? complaint)
    {
        ArgumentNullException.ThrowIfNull(order);
        ArgumentNullException.ThrowIfNull(options);
        string person = order.Target is { Trait: { } trait, Pole: { } pole }
            ? $"a person who {TraitFacets.Sign(trait, pole, order.Facet)}. Let this show in what you say and do, never by naming it"
            : "a person who states plain, sober facts and preferences, without any temper of their own";
        string rules = $"You speak as {person}. Answer the question about \"{order.Topic}\" in the first person, in one or two natural English sentences, "
            + $"{options.FewestWords} to {options.MostWords} words in all. Use no emoji, no emoticon and no name of a personality trait. Write the answer alone.";
        return
        [
            new ChatMessage("system", rules),
            new ChatMessage("user", complaint is null ? order.Question : $"{order.Question}\n\n(Your last answer was refused: {complaint} Write another.)"),
        ];
    }
}
