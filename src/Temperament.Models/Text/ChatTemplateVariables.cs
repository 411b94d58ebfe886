namespace Temperament.Models.Text;

/// <summary>What a template may use besides the messages.</summary>
public sealed record ChatTemplateVariables
{
    /// <summary>Strings by name: bos_token, eos_token …</summary>
    public IReadOnlyDictionary<string, string> Strings { get; init; } = new Dictionary<string, string>();

    /// <summary>The clock of <c>strftime_now</c>; null to leave the function undefined, so that the prompt does not change with the day.</summary>
    public DateTimeOffset? Now { get; init; }
}
