using Temperament.Methods;
using Temperament.Models.Documents;

namespace Temperament.Studies.Specification;

/// <summary>What the fields of a study mean together: the cells that its findings need must be among those it runs.</summary>
internal static class StudyCheck
{
    /// <summary>Checks a study.</summary>
    /// <param name="study">Where its fields stand.</param>
    /// <param name="spec">What was read.</param>
    /// <exception cref="DocumentException">The fields contradict each other.</exception>
    public static void Run(DocumentObject study, StudySpec spec)
    {
        if (!spec.Name.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '-'))
        {
            throw study.Fault("name", $"read \"{spec.Name}\"; a name has lower-case letters, digits and hyphens, as a folder has.");
        }

        if (spec.Models.GroupBy(model => model.Name).FirstOrDefault(group => group.Count() > 1)?.Key is { } twice)
        {
            throw study.Fault("models", $"\"{twice}\" names two models. Rename one of them.");
        }

        if (spec.Arms.FirstOrDefault(arm => arm.Seeds.Count == 0 || arm.Seeds.Distinct().Count() != arm.Seeds.Count) is { } arm)
        {
            throw study.Fault("arms", $"an arm has the seeds [{string.Join(", ", arm.Seeds)}]; give at least one, and none twice.");
        }

        CheckSteps(study, spec);
        IReadOnlyList<PlannedCell> plan = RunPlan.Of(spec);
        PlannedCell[] subject = [.. plan.Where(cell => cell.Model == spec.Models[0].Name)];
        CheckPrimary(study, spec, subject);
        CheckNeurons(study, spec, subject);
        HypothesisReader.Check(study, spec, plan);
        long[] reused = [.. spec.SelectionSeeds.Where(seed => plan.Any(cell => cell.Seed == seed))];
        if (reused.Length > 0)
        {
            throw study.Fault("selectionSeeds", $"the settings were chosen with the seeds {string.Join(", ", reused)}, which arms report. Report other seeds.");
        }
    }

    private static void CheckSteps(DocumentObject study, StudySpec spec)
    {
        foreach (StudyArm arm in spec.Arms.Where(arm => arm.Steps.Count > 0))
        {
            int last = spec.RecipeOf(arm.Recipe).MaxSteps;
            if (!arm.Methods.All(method => MethodCatalog.Create(method).TrainsAdapter))
            {
                throw study.Fault("arms", "an arm with \"steps\" has a method that trains nothing. Give that method an arm of its own.");
            }

            if (last == 0)
            {
                throw study.Fault("arms", "an arm has \"steps\", and its recipe counts epochs. Give the recipe \"maxSteps\", so that every arm has the same steps.");
            }

            if (arm.Steps.Max() > last)
            {
                throw study.Fault("arms", $"an arm is measured at step {arm.Steps.Max()}, and its recipe has {last}. Leave the step out, or train longer.");
            }
        }
    }

    private static void CheckPrimary(DocumentObject study, StudySpec spec, PlannedCell[] subject)
    {
        PrimaryArm primary = spec.Primary;
        if (primary.Method == "none")
        {
            throw study.Fault("primary", "the primary effect is that of a method; the base model is its control. Name another method.");
        }

        bool trains = MethodCatalog.Create(primary.Method).TrainsAdapter;
        if (!subject.Any(cell => cell == cell.Training && cell.Recipe is null && cell.Method == primary.Method && cell.Target == primary.Target
            && (!trains || cell.StopToken == primary.StopToken)))
        {
            throw study.Fault("primary", $"no arm runs {primary.Method} for \"{primary.Target.Name}\" on \"{spec.Models[0].Name}\""
                + (trains ? $" with the stop token {(primary.StopToken == StopTokenUse.Masked ? "masked" : "trained")}." : ".") + " Add such an arm.");
        }

        if (!subject.Any(cell => cell is { Method: "none", Generation: null }))
        {
            throw study.Fault("arms", $"no arm runs \"none\" on \"{spec.Models[0].Name}\": without the base there is nothing to compare with. Add such an arm.");
        }
    }

    private static void CheckNeurons(DocumentObject study, StudySpec spec, PlannedCell[] subject)
    {
        if (spec.Neurons is { Targets.Count: 0 })
        {
            throw study.Fault("neurons", "\"targets\" is missing or empty. Name the poles whose adapters are looked into.");
        }

        string? untrained = spec.Neurons?.Targets.Where(target => !subject.Any(cell =>
            cell == cell.Training && cell.Recipe is null
            && cell.Target == target && cell.StopToken == spec.Primary.StopToken && cell.Seed is not null)).Select(target => target.Name).FirstOrDefault();
        if (untrained is not null)
        {
            throw study.Fault("neurons", $"no arm trains \"{untrained}\" on \"{spec.Models[0].Name}\" with the stop token of \"primary\". Add such an arm, or remove the target.");
        }
    }
}
