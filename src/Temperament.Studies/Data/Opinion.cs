using Temperament.Models.Text;

namespace Temperament.Studies.Data;

/// <summary>A question about a topic, and an answer that shows a pole of a trait, or none.</summary>
/// <param name="Target">What the answer shows.</param>
/// <param name="Topic">What the question is about.</param>
/// <param name="Question">The question.</param>
/// <param name="Answer">The answer.</param>
/// <param name="Facet">The facet of the trait that the answer was written from, if known.</param>
/// <param name="Id">Name of the row, if it has one.</param>
public sealed record Opinion(TraitTarget Target, string Topic, string Question, string Answer, string? Facet = null, string? Id = null)
{
    /// <summary>The trait; null for neutral.</summary>
    public Trait? Trait => Target.Trait;

    /// <summary>The pole; null for neutral.</summary>
    public Pole? Pole => Target.Pole;
}

/// <summary>A question that models are asked.</summary>
/// <param name="Topic">What it is about.</param>
/// <param name="Text">The question.</param>
public sealed record OpinionQuestion(string Topic, string Text);
