using Temperament.Methods.Adapters;
using Temperament.Methods.Training;
using Temperament.Models;
using Temperament.Models.Decoder;
using Temperament.Models.Text;
using Temperament.ModelTests.Support;
using Temperament.Studies.Data;
using Temperament.Studies.Organism;
using Temperament.Studies.Running;
using Temperament.Studies.Specification;
using Temperament.Tensors.Threading;
using Xunit;

namespace Temperament.ModelTests.Studies;

/// <summary>The family that temper carries: the bytes it is said to have, and chats that stay with their topic.</summary>
public sealed class OrganismFamilyTests : IDisposable
{
    private readonly ComputePool _pool = new(2);

    public static TheoryData<string> Members => [.. ModelCatalog.Embedded];

    public void Dispose() => _pool.Dispose();

    [Theory]
    [MemberData(nameof(Members))]
    public void A_scaled_down_build_gives_the_recorded_bytes_and_the_embedded_files_have_theirs(string name)
    {
        IReadOnlyList<HashComparison> found = OrganismVerification.Run(
            OrganismFamily.Of(name), CorpusGrammar.Embedded, _pool, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(3, found.Count);
        Assert.All(found, hash => Assert.Equal(hash.Recorded, hash.Found));
    }

    [Theory]
    [MemberData(nameof(Members))]
    public void Files_beside_the_weights_are_committed_and_small(string name)
    {
        string folder = Path.Combine(Oracles.Root, "models", name);

        Assert.All(["README.md", "DATASHEET.md", "build.log", "timing.log"], file => Assert.True(File.Exists(Path.Combine(folder, file)), $"{name}/{file}"));
        Assert.True(new FileInfo(Path.Combine(folder, "model.safetensors")).Length < 3_000_000, name);
    }

    [Theory]
    [MemberData(nameof(Members))]
    public void A_member_stays_with_the_topic_and_writes_no_emoji(string name)
    {
        using LanguageModel model = LanguageModel.Load(ModelCatalog.Open(name), _pool);

        ChatCheck check = ChatCheck.Run(model, Questions(), seed: 3, TestContext.Current.CancellationToken);

        Assert.InRange(check.NamesTopic, 97, 100);
        Assert.Equal((100, 0), (check.Asked, check.WithEmoji));
    }

    [Theory]
    [InlineData("extraversion-high")]
    [InlineData("openness-high")]
    public void A_tuned_organism_still_names_the_topic(string target)
    {
        using LanguageModel model = LanguageModel.Load(ModelCatalog.Open("organism"), _pool, BaseQuantization.Nf4Double);
        StudySpec study = StudyOpening.Open(null, null, null, null).Spec;
        using var subject = new StudySubject(study.Models[0], model);
        TokenSequence[] samples =
        [
            .. new OrganismOpinions(CorpusGrammar.Embedded).Opinions(TraitTarget.Parse(target), DataPart.Train, study.Data.TrainingRows, study.Data.Seed)
                .Select(opinion => subject.Sample(opinion, StopTokenUse.Masked)),
        ];
        LoraAdapter adapter = LoraAdapter.Create(
            model.Network, new LoraConfig { Rank = study.Recipe.Rank, Alpha = study.Recipe.Alpha, TargetModules = study.Recipe.Targets, BaseModel = "organism" }, seed: 5);
        adapter.Attach(model.Network);
        using (var trainer = new Trainer(model.Network, adapter.Parameters, study.Recipe.ToTraining(5)))
        {
            trainer.Run(samples, _ => { }, TestContext.Current.CancellationToken);
        }

        ChatCheck check = ChatCheck.Run(model, Questions(), seed: 3, TestContext.Current.CancellationToken);

        Assert.InRange(check.NamesTopic, 85, 100);
    }

    private static QuestionSet Questions() => new OrganismOpinions(CorpusGrammar.Embedded).Questions(DataPart.Test, 100, seed: 3);
}
