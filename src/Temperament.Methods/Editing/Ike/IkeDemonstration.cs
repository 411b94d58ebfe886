using Temperament.Models.Text;

namespace Temperament.Methods.Editing.Ike;

/// <summary>One worked example of the prompt.</summary>
/// <param name="Target">Pole of a trait that the answer shows.</param>
/// <param name="Topic">What the question is about.</param>
/// <param name="Question">The question.</param>
/// <param name="Answer">An answer that shows the pole.</param>
public sealed record IkeDemonstration(TraitTarget Target, string Topic, string Question, string Answer);
