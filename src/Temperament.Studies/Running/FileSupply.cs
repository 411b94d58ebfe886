using Temperament.Models.Text;
using Temperament.Studies.Data;
using Temperament.Studies.Specification;

namespace Temperament.Studies.Running;

/// <summary>Opinions of a CSV file. A topic is trained on or held out, never both.</summary>
internal sealed class FileSupply : IOpinionSupply
{
    private const double HeldOutShare = 0.25;

    private readonly StudyData _data;
    private readonly OpinionSplit _split;

    public FileSupply(StudyData data, string folder)
    {
        _data = data;
        OpinionSet all = OpinionFile.Read(Path.Combine(folder, data.Opinions));
        _split = OpinionSplit.ByTopic(all, 0, HeldOutShare, data.Seed);
        Targets = [.. TraitTarget.Poles.Append(TraitTarget.Neutral).Where(t => all.Any(o => o.Target == t))];
    }

    public IReadOnlyList<TraitTarget> Targets { get; }

    public IEnumerable<string> TrainingTopics => _split.Train.Select(o => o.Topic);

    public OpinionSet Training(TraitTarget target) => Of(_split.Train, target, _data.TrainingRows);

    public OpinionSet ClassifierOpinions(TraitTarget target) => Of(_split.Train, target, 0);

    public OpinionSet HeldOut(TraitTarget target) => Of(_split.Test, target, _data.HeldOutRows);

    private static OpinionSet Of(OpinionSet set, TraitTarget target, int limit)
    {
        IEnumerable<Opinion> rows = set.Where(o => o.Target == target);
        return new OpinionSet([.. limit > 0 ? rows.Take(limit) : rows]);
    }
}
