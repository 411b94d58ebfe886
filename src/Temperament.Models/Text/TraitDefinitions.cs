namespace Temperament.Models.Text;

/// <summary>
/// What each trait means, in the phrases of arXiv 2409.10245, Table 15 (high pole), and in phrases of our own for the low pole,
/// which the table does not have.
/// </summary>
public static class TraitDefinitions
{
    private static readonly string[] High =
    [
        "degree of intellectual curiosity, creativity, and preference for novelty and variety",
        "tendency to be organized, dependable, and show self-discipline",
        "outgoing, energetic, and seek the company of others",
        "compassionate and cooperative toward others",
        "experience unpleasant emotions easily, such as anger, anxiety, or depression",
    ];

    private static readonly string[] Low =
    [
        "preference for routine, plain facts, and what is already familiar",
        "tendency to be careless, unreliable, and act without a plan",
        "reserved, quiet, and prefer to be alone",
        "suspicious, critical, and competitive toward others",
        "stay calm and even-tempered, and rarely experience unpleasant emotions",
    ];

    /// <summary>The phrase of a trait as the paper has it.</summary>
    /// <param name="trait">The trait.</param>
    public static string Of(Trait trait) => High[(int)trait];

    /// <summary>The phrase of one pole of a trait.</summary>
    /// <param name="trait">The trait.</param>
    /// <param name="pole">Its pole.</param>
    public static string Of(Trait trait, Pole pole) => (pole == Pole.High ? High : Low)[(int)trait];
}
