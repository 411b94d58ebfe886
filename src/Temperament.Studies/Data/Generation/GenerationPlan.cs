using Temperament.Models.Text;
using Temperament.Tensors.Random;

namespace Temperament.Studies.Data.Generation;

/// <summary>One answer to be written.</summary>
/// <param name="Id">Its name, as in "0012-extraversion-high".</param>
/// <param name="Target">What it shall show.</param>
/// <param name="Topic">What it is about.</param>
/// <param name="Question">The question.</param>
/// <param name="Facet">Number of the facet of the trait; -1 for neutral.</param>
public sealed record AnswerOrder(string Id, TraitTarget Target, string Topic, string Question, int Facet)
{
    /// <summary>Name of the facet; null for neutral.</summary>
    public string? FacetName => Target.Trait is { } trait ? TraitFacets.Of(trait)[Facet] : null;
}

/// <summary>What is to be written: for each topic one answer of each target, question forms and facets used evenly.</summary>
public static class GenerationPlan
{
    /// <summary>Makes the orders, topic by topic; the same for the same arguments.</summary>
    /// <param name="topics">Topics, none twice.</param>
    /// <param name="targets">What the answers shall show.</param>
    /// <param name="seed">Seed of the draw of question forms and facets.</param>
    public static IReadOnlyList<AnswerOrder> Make(IReadOnlyList<string> topics, IReadOnlyList<TraitTarget> targets, long seed)
    {
        ArgumentNullException.ThrowIfNull(topics);
        ArgumentNullException.ThrowIfNull(targets);
        int[] forms = [.. Enumerable.Range(0, topics.Count).Select(index => index % QuestionForms.All.Count)];
        new RandomStream(seed, "generation/forms").Shuffle<int>(forms);
        List<AnswerOrder> orders = [];
        foreach (TraitTarget target in targets)
        {
            int facets = target.Trait is { } trait ? TraitFacets.Of(trait).Count : 1;
            int[] facet = [.. Enumerable.Range(0, topics.Count).Select(index => index % facets)];
            new RandomStream(seed, $"generation/facets/{target.Name}").Shuffle<int>(facet);
            orders.AddRange(topics.Select((topic, index) => new AnswerOrder(
                FormattableString.Invariant($"{index + 1:0000}-{target.Name}"), target, topic, QuestionForms.Ask(forms[index], topic), target.IsNeutral ? -1 : facet[index])));
        }

        return [.. orders.OrderBy(order => order.Id, StringComparer.Ordinal)];
    }
}
