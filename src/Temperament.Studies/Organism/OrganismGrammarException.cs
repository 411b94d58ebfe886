namespace Temperament.Studies.Organism;

/// <summary>The grammar of the organism's text is not what it must be.</summary>
/// <param name="place">Where in the grammar.</param>
/// <param name="read">What was read.</param>
/// <param name="expected">What was expected.</param>
public sealed class OrganismGrammarException(string place, string read, string expected)
    : Exception($"Organism grammar, {place}: read \"{read}\", expected {expected}.")
{
    /// <summary>Where in the grammar.</summary>
    public string Place { get; } = place;
}
