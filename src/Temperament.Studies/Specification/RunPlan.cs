using Temperament.Methods;
using Temperament.Models.Text;

namespace Temperament.Studies.Specification;

/// <summary>One cell as the study file asks for it, before models and data are looked at.</summary>
/// <param name="Model">Name of the model.</param>
/// <param name="Method">Name of the method.</param>
/// <param name="Target">Pole that is aimed at; neutral for the base model and the neutral control.</param>
/// <param name="StopToken">Arm of the stop token; null where nothing is trained.</param>
/// <param name="Seed">Seed of the adapter; null where nothing is trained.</param>
/// <param name="Recipe">Name of the recipe; null for the study's own, and where nothing is trained.</param>
/// <param name="Step">Training step after which it is measured; null for the end, and where nothing is trained.</param>
/// <param name="Generation">Name of the way to ask; null for the study's own.</param>
public sealed record PlannedCell(
    string Model, string Method, TraitTarget Target, StopTokenUse? StopToken, long? Seed, string? Recipe = null, int? Step = null, string? Generation = null)
{
    /// <summary>The cell whose adapter is the same: measured at the end, in the study's own way.</summary>
    public PlannedCell Training => this with { Step = null, Generation = null };
}

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
        foreach (PlannedCell cell in study.Arms.SelectMany(arm => Expand(study, arm)))
        {
            if (seen.Add(cell))
            {
                cells.Add(cell);
            }
        }

        return cells;
    }

    /// <summary>The steps at which the adapter of a cell is measured before its end, ascending, whichever arms ask for them.</summary>
    /// <param name="plan">The cells of the study.</param>
    /// <param name="cell">A cell whose method trains.</param>
    public static IReadOnlyList<int> StepsOf(IReadOnlyList<PlannedCell> plan, PlannedCell cell)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(cell);
        return [.. plan.Where(other => other.Training == cell.Training && other.Step is not null).Select(other => other.Step!.Value).Distinct().Order()];
    }

    private static IEnumerable<PlannedCell> Expand(StudySpec study, StudyArm arm) =>
        from model in arm.Models
        from method in arm.Methods
        from target in method == "none" ? [TraitTarget.Neutral] : arm.Targets
        from stop in Trains(method) ? arm.StopTokens.Select(s => (StopTokenUse?)s) : [null]
        from seed in Trains(method) ? arm.Seeds.Select(s => (long?)s) : [null]
        from step in Trains(method) ? Steps(study, arm) : [null]
        from generation in arm.Generations
        select new PlannedCell(model, method, target, stop, seed, Trains(method) ? arm.Recipe : null, step, generation);

    /// <summary>Step 0 is the base, which is a cell of its own; the last step is the end.</summary>
    private static IEnumerable<int?> Steps(StudySpec study, StudyArm arm) => arm.Steps.Count == 0
        ? [null]
        : arm.Steps.Where(step => step > 0).Select(step => step == study.RecipeOf(arm.Recipe).MaxSteps ? null : (int?)step);

    private static bool Trains(string method) => MethodCatalog.Create(method).TrainsAdapter;
}
