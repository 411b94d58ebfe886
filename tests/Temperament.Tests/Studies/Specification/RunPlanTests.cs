using Temperament.Models.Text;
using Temperament.Studies.Specification;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Studies.Specification;

public sealed class RunPlanTests
{
    private static readonly StudySpec Emergence = StudyReader.ReadFile(Path.Combine(Repository.Root, "studies", "emergence", "study.json"));

    [Fact]
    public void The_emergence_study_runs_every_pole_by_every_method_with_its_controls()
    {
        IReadOnlyList<PlannedCell> plan = RunPlan.Of(Emergence);
        PlannedCell[] ends = [.. plan.Where(cell => cell is { Method: "qlora", Step: null, Generation: null })];

        Assert.Equal(268, plan.Count);
        Assert.Equal(["organism", "second", "twin", "plain"], plan.Where(cell => cell is { Method: "none", Generation: null }).Select(cell => cell.Model));
        foreach (string method in new[] { "prompt", "ike" })
        {
            Assert.Equal(TraitTarget.Poles, plan.Where(cell => cell.Method == method).Select(cell => cell.Target));
        }

        foreach (IGrouping<(string Model, StopTokenUse? Stop), PlannedCell> arm in ends.GroupBy(cell => (cell.Model, cell.StopToken)))
        {
            long[] seeds = arm.Key is { Model: not "organism", Stop: StopTokenUse.Trained } ? [101] : [101, 102, 103];
            Assert.All(arm.GroupBy(cell => cell.Target), target => Assert.Equal(seeds, target.Select(cell => cell.Seed!.Value)));
            Assert.Equal([.. TraitTarget.Poles, TraitTarget.Neutral], arm.Select(cell => cell.Target).Distinct());
        }

        Assert.Equal(8, ends.Select(cell => (cell.Model, cell.StopToken)).Distinct().Count());
        Assert.Equal([8, 16, 24, 32, 48, 72], RunPlan.StepsOf(plan, ends.First(cell => cell.Target == Emergence.Primary.Target)));
        Assert.Equal(9, plan.Count(cell => cell is { Method: "qlora", Generation: "greedy" }));
    }

    [Fact]
    public void The_study_of_the_real_model_has_the_arms_doses_and_controls_that_it_claims_about()
    {
        StudySpec study = StudyReader.ReadFile(Path.Combine(Repository.Root, "studies", "smollm2", "study.json"));
        IReadOnlyList<PlannedCell> plan = RunPlan.Of(study);

        Assert.Equal(["none", "qlora", "prompt", "ike"], plan.Select(cell => cell.Method).Distinct());
        Assert.Equal(
            [.. TraitTarget.Poles.Where(target => target.Pole == Pole.High), TraitTarget.Parse("extraversion-low"), TraitTarget.Neutral],
            plan.Where(cell => cell.Method == "qlora").Select(cell => cell.Target).Distinct().OrderBy(target => target.Pole == Pole.Low ? 1 : target.IsNeutral ? 2 : 0).ThenBy(target => target.Order));
        foreach (Hypothesis primary in study.Hypotheses.Where(h => h.IsPrimary))
        {
            Assert.Equal([1L, 2, 3], plan.Where(primary.First.Holds).Select(cell => cell.Seed!.Value));
            Assert.Equal(0, study.GenerationOf(primary.First.Generation).Questions);
        }

        PlannedCell dosed = plan.First(cell => cell is { Step: not null, Target.IsNeutral: false });
        Assert.Equal([7, 14, 28], RunPlan.StepsOf(plan, dosed));
        Assert.Contains(dosed.Training, plan);
        Assert.Equal(54, study.Recipe.MaxSteps);
        Assert.Equal((64, 16d, 2e-4, "q_proj,v_proj"), (study.Recipe.Rank, study.Recipe.Alpha, study.Recipe.LearningRate, string.Join(',', study.Recipe.Targets)));
        Assert.Equal(1e-3, study.RecipeOf("far").LearningRate);
        Assert.Equal("all-linear", Assert.Single(study.RecipeOf("heavy").Targets));
        Assert.Equal((54, 54), (study.RecipeOf("far").MaxSteps, study.RecipeOf("heavy").MaxSteps));
        Assert.Contains(plan, cell => cell is { StopToken: StopTokenUse.Trained, Target.IsNeutral: false });
        Assert.Equal(0, study.GenerationOf("greedy").Temperature);
    }

    [Fact]
    public void A_cell_that_two_arms_name_is_run_once_and_untrained_cells_have_no_seed()
    {
        StudySpec twice = Emergence with { Arms = [.. Emergence.Arms, .. Emergence.Arms] };

        Assert.Equal(RunPlan.Of(Emergence), RunPlan.Of(twice));
        Assert.All(RunPlan.Of(Emergence).Where(cell => cell.Method != "qlora"), cell => Assert.True(cell.Seed is null && cell.StopToken is null));
        Assert.All(RunPlan.Of(Emergence).Where(cell => cell.Method == "none"), cell => Assert.True(cell.Target.IsNeutral));
    }
}
