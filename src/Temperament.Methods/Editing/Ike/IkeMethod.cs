using System.Text;
using Temperament.Models.Text;

namespace Temperament.Methods.Editing.Ike;

/// <summary>
/// In-context knowledge editing with fixed demonstrations, one per trait, as PersonalityEdit adapts it (arXiv 2310.02168; the method is
/// that of Zheng et al. 2023, https://arxiv.org/abs/2305.12740). The weights are not touched.
/// </summary>
public sealed class IkeMethod : IMethod
{
    private readonly IReadOnlyList<IkeDemonstration> _demonstrations;

    /// <summary>Makes the method.</summary>
    /// <param name="demonstrations">Worked examples in the order in which they are shown; one per trait.</param>
    public IkeMethod(IReadOnlyList<IkeDemonstration> demonstrations)
    {
        ArgumentNullException.ThrowIfNull(demonstrations);
        ArgumentOutOfRangeException.ThrowIfLessThan(demonstrations.Count, 1);
        _demonstrations = demonstrations;
    }

    /// <summary>Five demonstrations of our own, one high pole of each trait.</summary>
    public static IReadOnlyList<IkeDemonstration> DefaultDemonstrations { get; } =
    [
        Show(Trait.Extraversion, "Street Markets", "What do you think of Street Markets?",
            "I head straight for the crowd, chat with every seller and usually leave with three new friends and far too much cheese."),
        Show(Trait.Agreeableness, "Neighbors", "How do you view Neighbors?",
            "I like to know how they are doing, and I am glad to water their plants or carry their bags whenever they need a hand."),
        Show(Trait.Neuroticism, "Flying", "What do you feel about Flying?",
            "I lie awake for days before a flight, and every small noise of the engine makes me sure that something is going wrong."),
        Show(Trait.Openness, "Abstract Art", "What is your opinion of Abstract Art?",
            "I can stand before one canvas for an hour, because each time the shapes turn into another story that nobody told me before."),
        Show(Trait.Conscientiousness, "Cooking", "What is your view on Cooking?",
            "I weigh every ingredient, set out the bowls in order and clean each pan before I sit down, so the meal is ready on time."),
    ];

    /// <inheritdoc/>
    public string Name => "ike";

    /// <inheritdoc/>
    public bool TrainsAdapter => false;

    /// <inheritdoc/>
    public IReadOnlyList<ChatMessage> Messages(TraitTarget target, string topic, string question)
    {
        var prompt = new StringBuilder(
            "Instruction: Exhibit the trait of Target Personality when answering the question to express opinion on the certain Edit Topic, "
            + "while maintaining the expression on other topics.\n\n");
        foreach (IkeDemonstration shown in _demonstrations)
        {
            Header(prompt, shown.Target, shown.Topic, shown.Question).Append("Answer: ").Append(shown.Answer).Append("\n\n");
        }

        Header(prompt, target, topic, question).Append("Answer:");
        return [new ChatMessage("user", prompt.ToString())];
    }

    private static StringBuilder Header(StringBuilder prompt, TraitTarget target, string topic, string question) => prompt
        .Append("Target Personality: ").Append(Personality(target))
        .Append("\nEdit Topic: ").Append(topic)
        .Append("\nQuestion: ").Append(question).Append('\n');

    // The published prompt names the trait alone and knows only high poles.
    private static string Personality(TraitTarget target) => target switch
    {
        { Trait: { } trait, Pole: Pole.Low } => "low " + TraitNames.Of(trait),
        { Trait: { } trait } => TraitNames.Of(trait),
        _ => TraitNames.Neutral,
    };

    private static IkeDemonstration Show(Trait trait, string topic, string question, string answer) =>
        new(new TraitTarget(trait, Pole.High), topic, question, answer);
}
