namespace Temperament.Models.Text.Normalizing;

/// <summary>Rewrites text before it is cut into pieces.</summary>
internal interface INormalizer
{
    /// <summary>Rewrites a text.</summary>
    string Normalize(string text);
}
