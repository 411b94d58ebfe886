using Temperament.Models.Text;

namespace Temperament.Methods.Prompting;

/// <summary>Describes the trait in a system turn, in the words of its definition.</summary>
public sealed class PromptMethod : IMethod
{
    /// <inheritdoc/>
    public string Name => "prompt";

    /// <inheritdoc/>
    public bool TrainsAdapter => false;

    /// <summary>The system turn for a target.</summary>
    /// <param name="target">Pole of a trait; not neutral.</param>
    /// <exception cref="ArgumentException">The target is neutral: there is nothing to describe.</exception>
    public static string Describe(TraitTarget target)
    {
        if (target.Trait is not { } trait || target.Pole is not { } pole)
        {
            throw new ArgumentException("A neutral target has no definition to prompt with.", nameof(target));
        }

        return $"You are a person with {(pole == Pole.High ? "high" : "low")} {TraitNames.Of(trait)}: {TraitDefinitions.Of(trait, pole)}. "
            + "Answer every question as that person, in one or two sentences.";
    }

    /// <inheritdoc/>
    public IReadOnlyList<ChatMessage> Messages(TraitTarget target, string topic, string question) =>
        [new ChatMessage("system", Describe(target)), new ChatMessage("user", question)];
}
