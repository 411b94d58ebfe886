using Temperament.Models.Text;

namespace Temperament.Studies.Data.Import;

/// <summary>The 60 sub-traits of FinePE: six adjectives for each pole of each trait.</summary>
internal static class SubTraits
{
    private static readonly Dictionary<string, TraitTarget> Targets = new[]
    {
        (Trait.Openness, Pole.High, "artistic, curious, imaginative, insightful, original, wide interests"),
        (Trait.Openness, Pole.Low, "uncreative, apathetic, unimaginative, oblivious, unoriginal, narrow interests"),
        (Trait.Conscientiousness, Pole.High, "efficient, organized, planful, reliable, responsible, thorough"),
        (Trait.Conscientiousness, Pole.Low, "inefficient, disorganized, impromptu, unreliable, irresponsible, superficial"),
        (Trait.Extraversion, Pole.High, "active, assertive, energetic, enthusiastic, outgoing, talkative"),
        (Trait.Extraversion, Pole.Low, "passive, timid, lethargic, unenthusiastic, introverted, quiet"),
        (Trait.Agreeableness, Pole.High, "appreciative, forgiving, generous, kind, sympathetic, trusting"),
        (Trait.Agreeableness, Pole.Low, "ungrateful, unforgiving, stingy, unkind, unsympathetic, mistrustful"),
        (Trait.Neuroticism, Pole.High, "anxious, self-pitying, tense, touchy, unstable, worrying"),
        (Trait.Neuroticism, Pole.Low, "calm, resilient, relaxed, easygoing, stable, reassuring"),
    }.SelectMany(row => row.Item3.Split(", ").Select(name => (name, target: new TraitTarget(row.Item1, row.Item2))))
     .ToDictionary(each => each.name, each => each.target, StringComparer.OrdinalIgnoreCase);

    /// <summary>Their names.</summary>
    public static IReadOnlyCollection<string> Names => Targets.Keys;

    /// <summary>The pole that a sub-trait belongs to.</summary>
    /// <param name="name">Its name, with blanks.</param>
    /// <param name="target">The pole.</param>
    public static bool TryFind(string name, out TraitTarget target) => Targets.TryGetValue(name, out target);
}
