using Temperament.Models.Text;
using Temperament.Studies.Data;

namespace Temperament.Studies.Running;

/// <summary>Where opinions and questions come from.</summary>
internal interface IOpinionSupply
{
    /// <summary>Targets that have opinions, poles first, neutral last.</summary>
    IReadOnlyList<TraitTarget> Targets { get; }

    /// <summary>Opinions that an adapter is trained on.</summary>
    OpinionSet Training(TraitTarget target);

    /// <summary>Opinions that the classifier is trained on; no held-out topic among them.</summary>
    OpinionSet ClassifierOpinions(TraitTarget target);

    /// <summary>Opinions about topics that are in no training set.</summary>
    OpinionSet HeldOut(TraitTarget target);

    /// <summary>Topics that adapters may be trained on.</summary>
    IEnumerable<string> TrainingTopics { get; }
}
