namespace Temperament.Studies.Reports;

/// <summary>How a report names methods, targets and rows.</summary>
internal static class RowNames
{
    /// <summary>The method as a reader knows it.</summary>
    public static string Method(string method) => method switch
    {
        EffectRow.BaseMethod => "Base",
        "prompt" => "Prompt",
        "ike" => "IKE",
        "lora" => "LoRA",
        "qlora" => "QLoRA",
        "mend" => "MEND",
        "steer" => "Steering",
        _ => Capitalize(method),
    };

    /// <summary>The target in lower case: "high extraversion", "neutral opinions", or "no target".</summary>
    public static string Target(EffectRow row) => Target(row.Trait, row.Pole);

    /// <summary>The target in lower case: "high extraversion", "neutral opinions", or "no target".</summary>
    public static string Target(string? trait, ReportPole pole) => (trait, pole) switch
    {
        (null, _) => "no target",
        (EffectRow.NeutralTrait, _) => "neutral opinions",
        (_, ReportPole.High) => "high " + trait,
        (_, ReportPole.Low) => "low " + trait,
        _ => trait,
    };

    /// <summary>The target as it stands first in a table row: "Extraversion, high".</summary>
    public static string TargetTitle(string? trait, ReportPole pole) => (trait, pole) switch
    {
        (null, _) => "No target",
        (EffectRow.NeutralTrait, _) => "Neutral opinions",
        (_, ReportPole.High) => Capitalize(trait) + ", high",
        (_, ReportPole.Low) => Capitalize(trait) + ", low",
        _ => Capitalize(trait),
    };

    /// <summary>What sets a row apart from others of the same method and target: "seed 1, stop token trained"; or nothing.</summary>
    public static string Variant(EffectRow row, StopTokenArm usual)
    {
        string seed = row.Seed is { } number ? $"seed {ReportNumbers.Whole(number)}" : "";
        string stop = row.StopToken == usual || row.StopToken == StopTokenArm.NotApplicable ? "" : StopToken(row.StopToken);
        return seed.Length > 0 && stop.Length > 0 ? $"{seed}, {stop}" : seed + stop;
    }

    /// <summary>The stop token arm in words.</summary>
    public static string StopToken(StopTokenArm arm) => arm switch
    {
        StopTokenArm.Masked => "stop token masked",
        StopTokenArm.Trained => "stop token trained",
        _ => "nothing trained",
    };

    /// <summary>The whole row in words: "QLoRA, high extraversion, seed 1".</summary>
    public static string Row(EffectRow row, StopTokenArm usual)
    {
        string variant = Variant(row, usual);
        string name = row.Method == EffectRow.BaseMethod ? "Base" : $"{Method(row.Method)}, {Target(row)}";
        return variant.Length == 0 ? name : $"{name}, {variant}";
    }

    /// <summary>The text with its first letter in upper case.</summary>
    public static string Capitalize(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];

    /// <summary>"a", "a and b", "a, b and c".</summary>
    public static string List(IReadOnlyList<string> items) => items.Count switch
    {
        0 => "none",
        1 => items[0],
        _ => string.Join(", ", items.Take(items.Count - 1)) + " and " + items[^1],
    };
}
