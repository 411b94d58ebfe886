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
    public void A_cell_that_two_arms_name_is_run_once_and_untrained_cells_have_no_seed()
    {
        StudySpec twice = Emergence with { Arms = [.. Emergence.Arms, .. Emergence.Arms] };

        Assert.Equal(RunPlan.Of(Emergence), RunPlan.Of(twice));
        Assert.All(RunPlan.Of(Emergence).Where(cell => cell.Method != "qlora"), cell => Assert.True(cell.Seed is null && cell.StopToken is null));
        Assert.All(RunPlan.Of(Emergence).Where(cell => cell.Method == "none"), cell => Assert.True(cell.Target.IsNeutral));
    }
}
