using Temperament.Models.Text;
using Temperament.Studies.Running;
using Temperament.Studies.Specification;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Studies.Running;

public sealed class RegistrationTests : IDisposable
{
    private static readonly StudySpec Study = StudyReader.ReadFile(Path.Combine(Repository.Root, "studies", "smollm2", "study.json"));

    private readonly string _folder = TemporaryFolder.New("temper");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_first_run_registers_and_the_same_file_adds_nothing()
    {
        Registration first = Assert.Single(Registration.Record(_folder, Study, "a", 0));

        Assert.Equal(first, Assert.Single(Registration.Record(_folder, Study, "a", 12)));
        Assert.Equal(first, Assert.Single(Registration.Read(_folder)));
        Assert.Equal(("a", Registration.HashOf(Study), 0), (first.File, first.Hypotheses, first.Finished));
    }

    [Fact]
    public void A_changed_file_is_appended_with_what_was_finished_then()
    {
        Registration.Record(_folder, Study, "a", 0);
        Registration.Record(_folder, Study, "b", 3);
        IReadOnlyList<Registration> all = Registration.Record(_folder, Study with { Hypotheses = [.. Study.Hypotheses.Skip(1)] }, "c", 5);

        Assert.Equal([("a", 0), ("b", 3), ("c", 5)], all.Select(entry => (entry.File, entry.Finished)));
        Assert.Equal(all[0].Hypotheses, all[1].Hypotheses);
        Assert.NotEqual(all[0].Hypotheses, all[2].Hypotheses);
    }

    [Fact]
    public void Whatever_a_claim_says_is_in_its_hash()
    {
        Hypothesis claim = Study.Hypotheses[0];
        HypothesisSide side = claim.First;
        Hypothesis[] others =
        [
            claim, claim with { Claim = "x" }, claim with { IsPrimary = false }, claim with { Measure = HypothesisMeasure.FloodRate },
            claim with { Expected = HypothesisDirection.Below }, claim with { Second = side with { Target = TraitTarget.Neutral } },
            claim with { First = side with { StopToken = StopTokenUse.Trained } }, claim with { First = side with { Recipe = "far" } },
            claim with { First = side with { Step = 7 } }, claim with { First = side with { Generation = "greedy" } },
        ];

        string[] hashes = [.. others.Select(other => Registration.HashOf(Study with { Hypotheses = [other] }))];

        Assert.Equal(others.Length, hashes.Distinct().Count());
        Assert.NotEqual(Registration.HashOf(Study), Registration.HashOf(Study with { Primary = Study.Primary with { SignificanceLevel = 0.01 } }));
    }
}
