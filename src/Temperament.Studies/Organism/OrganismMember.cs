namespace Temperament.Studies.Organism;

/// <summary>One model of the family: how it is made, and the hashes of what its recipe must give.</summary>
/// <param name="Recipe">How it is made; its name is the member's.</param>
/// <param name="Description">What sets it apart, in one or two sentences.</param>
/// <param name="Recorded">What was recorded when it was built.</param>
public sealed record OrganismMember(OrganismRecipe Recipe, string Description, RecordedHashes Recorded)
{
    /// <summary>Name of the model and of its folder.</summary>
    public string Name => Recipe.Name;
}

/// <summary>SHA-256 of the files of a build, lower-case hexadecimal.</summary>
/// <param name="Weights">Of <c>model.safetensors</c>.</param>
/// <param name="Tokenizer">Of <c>tokenizer.json</c>.</param>
/// <param name="ScaledDown">Of both files of the build of <see cref="OrganismRecipe.ScaledDown"/>, the weights first.</param>
public sealed record RecordedHashes(string Weights, string Tokenizer, string ScaledDown);
