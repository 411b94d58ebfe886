namespace Temperament.Studies.Specification;

/// <summary>A recipe besides the study's own, such as a heavier one, that arms name.</summary>
/// <param name="Name">Name in arms and tables.</param>
/// <param name="Recipe">What differs from the study's recipe, and all the rest of it.</param>
public sealed record NamedRecipe(string Name, AdapterRecipe Recipe);

/// <summary>A way to ask and to draw besides the study's own, such as greedy decoding or another wording, that arms name.</summary>
/// <param name="Name">Name in arms and tables.</param>
/// <param name="Generation">What differs from the study's generation, and all the rest of it.</param>
public sealed record NamedGeneration(string Name, GenerationSpec Generation);
