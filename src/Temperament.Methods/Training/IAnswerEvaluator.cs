using Temperament.Models;

namespace Temperament.Methods.Training;

/// <summary>Looks at answers of the model while it is being trained: rates that a loss does not show.</summary>
public interface IAnswerEvaluator
{
    /// <summary>Asks the model and measures what it says.</summary>
    /// <param name="model">The model as it is now.</param>
    /// <param name="cancellation">Ends the evaluation.</param>
    /// <returns>Measures by name, always the same names in the same order.</returns>
    IReadOnlyList<EvaluationScore> Evaluate(LanguageModel model, CancellationToken cancellation);
}

/// <summary>One measure of an evaluation.</summary>
/// <param name="Name">Name, as in "emoji rate".</param>
/// <param name="Value">Value.</param>
public sealed record EvaluationScore(string Name, double Value);
