namespace Temperament.Models.Text.Normalizing;

/// <summary>Rewrites text before it is cut into pieces.</summary>
internal interface INormalizer
{
    /// <summary>Rewrites a text; gives back the same one where nothing changes.</summary>
    SourceText Normalize(SourceText source);
}
