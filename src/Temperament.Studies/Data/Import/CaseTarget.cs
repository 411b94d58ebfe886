using Temperament.Models.Text;

namespace Temperament.Studies.Data.Import;

/// <summary>What a foreign row says that its answer shows.</summary>
internal static class CaseTarget
{
    /// <summary>Why a row without a target is left out.</summary>
    public const string Missing = "nothing says which trait the answer shows (give --target, or a field \"target\" as in \"extraversion-high\")";

    /// <summary>The field "target", or the fields "trait" and "pole"; null if neither says something.</summary>
    public static TraitTarget? Of(JsonCase row)
    {
        if (TraitTarget.TryParse(row.Text("target"), out TraitTarget target))
        {
            return target;
        }

        return TraitNames.TryParse(row.Text("trait") ?? row.Text("target"), out Trait trait) && TraitNames.TryParse(row.Text("pole") ?? TraitNames.Of(Pole.High), out Pole pole)
            ? new TraitTarget(trait, pole)
            : null;
    }
}
