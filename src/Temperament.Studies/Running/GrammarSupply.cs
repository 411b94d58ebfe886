using Temperament.Models.Text;
using Temperament.Studies.Data;
using Temperament.Studies.Organism;
using Temperament.Studies.Specification;

namespace Temperament.Studies.Running;

/// <summary>Opinions of the organism's grammar, drawn by seed. The classifier's opinions are other draws than the adapters'.</summary>
internal sealed class GrammarSupply(StudyData data) : IOpinionSupply
{
    private readonly OrganismOpinions _opinions = new(CorpusGrammar.Embedded);

    public IReadOnlyList<TraitTarget> Targets { get; } = [.. TraitTarget.Poles, TraitTarget.Neutral];

    public IEnumerable<string> TrainingTopics => CorpusGrammar.Embedded.TopicsOf(DataPart.Train).Select(topic => topic.Name);

    public OpinionSet Training(TraitTarget target) => _opinions.Opinions(target, DataPart.Train, data.TrainingRows, data.Seed);

    public OpinionSet ClassifierOpinions(TraitTarget target) => _opinions.Opinions(target, DataPart.Train, data.TrainingRows, data.Seed + 1_000_003);

    public OpinionSet HeldOut(TraitTarget target) => _opinions.Opinions(target, data.Part, data.HeldOutRows, data.Seed + 2_000_003);
}
