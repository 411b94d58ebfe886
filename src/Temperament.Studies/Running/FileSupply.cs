using Temperament.Models.Text;
using Temperament.Studies.Data;
using Temperament.Studies.Specification;

namespace Temperament.Studies.Running;

/// <summary>Opinions and questions of CSV files. A topic is trained on or held out, never both.</summary>
internal sealed class FileSupply : IOpinionSupply
{
    private const double HeldOutShare = 0.25;

    private readonly StudyData _data;
    private readonly string _questions;
    private readonly OpinionSplit _split;

    public FileSupply(StudyData data, string folder)
    {
        _data = data;
        _questions = Path.Combine(folder, data.Questions);
        OpinionSet all = OpinionFile.Read(Path.Combine(folder, data.Opinions));
        _split = OpinionSplit.ByTopic(all, 0, HeldOutShare, data.Seed);
        Targets = [.. TraitTarget.Poles.Append(TraitTarget.Neutral).Where(t => all.Any(o => o.Target == t))];
    }

    public IReadOnlyList<TraitTarget> Targets { get; }

    public OpinionSet Training(TraitTarget target) => Of(_split.Train, target, _data.TrainingRows);

    public OpinionSet ClassifierOpinions(TraitTarget target) => Of(_split.Train, target, 0);

    public OpinionSet HeldOut(TraitTarget target) => Of(_split.Test, target, _data.HeldOutRows);

    public QuestionSet Questions()
    {
        QuestionSet all = OpinionFile.ReadQuestions(_questions);
        IReadOnlyList<string> shared = OpinionSplit.SharedTopics(all.Select(q => q.Topic), _split.Train.Select(o => o.Topic));
        if (shared.Count > 0)
        {
            throw new StudyException(_questions, $"questions about {shared.Count} topics that adapters are trained on ({shared[0]} for one)",
                "questions about topics of their own", "Ask about other topics, or take these out of the opinions.");
        }

        return _data.QuestionCount > 0 && _data.QuestionCount < all.Count ? new QuestionSet([.. all.Take(_data.QuestionCount)]) : all;
    }

    private static OpinionSet Of(OpinionSet set, TraitTarget target, int limit)
    {
        IEnumerable<Opinion> rows = set.Where(o => o.Target == target);
        return new OpinionSet([.. limit > 0 ? rows.Take(limit) : rows]);
    }
}
