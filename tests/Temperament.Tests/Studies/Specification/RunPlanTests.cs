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

        Assert.Equal(57, plan.Count);
        Assert.Equal(["organism", "twin"], plan.Where(cell => cell.Method == "none").Select(cell => cell.Model));
        foreach (string method in new[] { "prompt", "ike" })
        {
            Assert.Equal(TraitTarget.Poles, plan.Where(cell => cell.Method == method).Select(cell => cell.Target));
        }

        foreach (StopTokenUse stop in Enum.GetValues<StopTokenUse>())
        {
            Assert.Equal([.. TraitTarget.Poles, TraitTarget.Neutral],
                plan.Where(cell => cell is { Model: "organism", Method: "qlora", Seed: 101 } && cell.StopToken == stop).Select(cell => cell.Target));
        }

        Assert.Equal(7, plan.Count(cell => cell is { Model: "twin", Method: "qlora" }));
        Assert.Equal([101L, 102, 103], plan.Where(cell => cell is { Model: "organism", Method: "qlora", StopToken: StopTokenUse.Masked }
            && cell.Target == Emergence.Primary.Target).Select(cell => cell.Seed!.Value));
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
