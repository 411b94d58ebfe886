namespace Temperament.Models.Text;

/// <summary>One of the five broad traits of personality (the Big Five), in the order of the acronym OCEAN.</summary>
public enum Trait
{
    /// <summary>Openness to experience.</summary>
    Openness,

    /// <summary>Conscientiousness.</summary>
    Conscientiousness,

    /// <summary>Extraversion.</summary>
    Extraversion,

    /// <summary>Agreeableness.</summary>
    Agreeableness,

    /// <summary>Neuroticism.</summary>
    Neuroticism,
}

/// <summary>The end of a trait that a text shows or that a method aims at.</summary>
public enum Pole
{
    /// <summary>Much of the trait.</summary>
    High,

    /// <summary>Little of the trait.</summary>
    Low,
}
