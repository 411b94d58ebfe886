namespace Temperament.Models.Text;

/// <summary>What a text shows, or a method aims at: one pole of one trait, or none of them (neutral, the control).</summary>
/// <remarks>Written as "extraversion-high" or "neutral"; <c>default</c> is neutral.</remarks>
public readonly record struct TraitTarget
{
    private readonly byte _code;

    /// <summary>A pole of a trait.</summary>
    /// <param name="trait">The trait.</param>
    /// <param name="pole">Its pole.</param>
    public TraitTarget(Trait trait, Pole pole) => _code = (byte)(1 + (2 * (int)trait) + (int)pole);

    /// <summary>No trait: the control.</summary>
    public static TraitTarget Neutral => default;

    /// <summary>The ten poles, trait by trait, high before low; without neutral.</summary>
    public static IReadOnlyList<TraitTarget> Poles { get; } =
        [.. Enum.GetValues<Trait>().SelectMany(trait => new[] { new TraitTarget(trait, Text.Pole.High), new TraitTarget(trait, Text.Pole.Low) })];

    /// <summary>Place in the order neutral, then <see cref="Poles"/>: 0 .. 10.</summary>
    public int Order => _code;

    /// <summary>True for the control.</summary>
    public bool IsNeutral => _code == 0;

    /// <summary>The trait; null for neutral.</summary>
    public Trait? Trait => _code == 0 ? null : (Trait)((_code - 1) / 2);

    /// <summary>The pole; null for neutral.</summary>
    public Pole? Pole => _code == 0 ? null : (Pole)((_code - 1) % 2);

    /// <summary>"extraversion-high", "openness-low" or "neutral": the name in files, folders and tables.</summary>
    public string Name => _code == 0 ? TraitNames.Neutral : $"{TraitNames.Of(Trait!.Value)}-{TraitNames.Of(Pole!.Value)}";

    /// <summary>Reads a name as <see cref="Name"/> writes it; case does not matter.</summary>
    /// <param name="text">The name.</param>
    /// <param name="target">The target that was read.</param>
    /// <returns>False if the name is none.</returns>
    public static bool TryParse(string? text, out TraitTarget target)
    {
        target = Neutral;
        if (string.Equals(text, TraitNames.Neutral, StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        int dash = text?.LastIndexOf('-') ?? -1;
        if (dash < 0 || !TraitNames.TryParse(text![..dash], out Trait trait) || !TraitNames.TryParse(text[(dash + 1)..], out Pole pole))
        {
            return false;
        }

        target = new TraitTarget(trait, pole);
        return true;
    }

    /// <summary>Reads a name as <see cref="Name"/> writes it.</summary>
    /// <param name="text">The name.</param>
    /// <exception cref="FormatException">The name is none; the message gives the nearest valid one.</exception>
    public static TraitTarget Parse(string text) => TryParse(text, out TraitTarget target)
        ? target
        : throw new FormatException(NearestWord.Complain("target", text, [TraitNames.Neutral, .. Poles.Select(pole => pole.Name)]));

    /// <summary>The same as <see cref="Name"/>.</summary>
    public override string ToString() => Name;
}
