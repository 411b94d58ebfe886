using Temperament.Methods;
using Temperament.Models.Text;

namespace Temperament.Studies.Specification;

/// <summary>One cell as the study file asks for it, before models and data are looked at.</summary>
/// <param name="Model">Name of the model.</param>
/// <param name="Method">Name of the method.</param>
/// <param name="Target">Pole that is aimed at; neutral for the base model and the neutral control.</param>
/// <param name="StopToken">Arm of the stop token; null where nothing is trained.</param>
/// <param name="Seed">Seed of the adapter; null where nothing is trained.</param>
public sealed record PlannedCell(string Model, string Method, TraitTarget Target, StopTokenUse? StopToken, long? Seed);

/// <summary>The cells of a study in the order of its arms, each once.</summary>
public static class RunPlan
{
    /// <summary>Lists the cells.</summary>
    /// <param name="study">The study.</param>
    public static IReadOnlyList<PlannedCell> Of(StudySpec study)
    {
        ArgumentNullException.ThrowIfNull(study);
        var cells = new List<PlannedCell>();
        var seen = new HashSet<PlannedCell>();
        foreach (PlannedCell cell in study.Arms.SelectMany(Expand))
        {
            if (seen.Add(cell))
            {
                cells.Add(cell);
            }
        }

        return cells;
    }

    private static IEnumerable<PlannedCell> Expand(StudyArm arm) =>
        from model in arm.Models
        from method in arm.Methods
        from target in method == "none" ? [TraitTarget.Neutral] : arm.Targets
        from stop in Trains(method) ? arm.StopTokens.Select(s => (StopTokenUse?)s) : [null]
        from seed in Trains(method) ? arm.Seeds.Select(s => (long?)s) : [null]
        select new PlannedCell(model, method, target, stop, seed);

    private static bool Trains(string method) => MethodCatalog.Create(method).TrainsAdapter;
}
