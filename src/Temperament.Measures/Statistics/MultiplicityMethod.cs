namespace Temperament.Measures.Statistics;

/// <summary>Ways to adjust p-values for the number of tests.</summary>
public enum MultiplicityMethod
{
    /// <summary>p m.</summary>
    Bonferroni,

    /// <summary>Holm's step-down procedure (1979): holds the chance of any false finding.</summary>
    Holm,

    /// <summary>1 - (1 - p)^m.</summary>
    Sidak,

    /// <summary>Holm's procedure with Sidak's bound.</summary>
    HolmSidak,

    /// <summary>Hochberg's step-up procedure (1988).</summary>
    Hochberg,

    /// <summary>Benjamini and Hochberg (1995): holds the expected share of false findings.</summary>
    BenjaminiHochberg,

    /// <summary>Benjamini and Yekutieli (2001): the same under any dependence.</summary>
    BenjaminiYekutieli,
}
