using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Temperament.Models.Hub;

/// <summary>A model of the hub: OWNER/NAME, with a branch, tag or commit behind an "@".</summary>
/// <param name="Repository">OWNER/NAME.</param>
/// <param name="Revision">Branch, tag or commit.</param>
public sealed partial record HubName(string Repository, string Revision)
{
    /// <summary>The branch that is taken where none is named.</summary>
    public const string Main = "main";

    /// <summary>Name of its folder in the cache.</summary>
    public string Folder => "models--" + Repository.Replace("/", "--", StringComparison.Ordinal);

    /// <summary>Reads "OWNER/NAME" or "OWNER/NAME@REVISION".</summary>
    /// <param name="text">Text.</param>
    /// <param name="name">The name.</param>
    /// <returns>Whether the text has this form.</returns>
    public static bool TryParse(string text, [NotNullWhen(true)] out HubName? name)
    {
        ArgumentNullException.ThrowIfNull(text);
        Match match = Form().Match(text);
        bool right = match.Success && !text.Contains("..", StringComparison.Ordinal) && !text.Contains("--", StringComparison.Ordinal);
        name = right ? new HubName(match.Groups[1].Value, match.Groups[2].Success ? match.Groups[2].Value : Main) : null;
        return right;
    }

    /// <inheritdoc/>
    public override string ToString() => Revision == Main ? Repository : $"{Repository}@{Revision}";

    [GeneratedRegex(@"\A([A-Za-z0-9][A-Za-z0-9_.-]{0,95}/[A-Za-z0-9][A-Za-z0-9_.-]{0,95})(?:@([A-Za-z0-9][A-Za-z0-9_./-]{0,127}))?\z")]
    private static partial Regex Form();
}
