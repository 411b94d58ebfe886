using System.Text.Json;
using Temperament.Models.Text;

namespace Temperament.Studies.Specification;

/// <summary>What a hypothesis compares, question by question.</summary>
public enum HypothesisMeasure
{
    /// <summary>Whether an answer has an emoji.</summary>
    EmojiRate,

    /// <summary>Whether an answer has an emoji that the user's turn has not.</summary>
    NewEmojiRate,

    /// <summary>Whether an answer has more than five emojis.</summary>
    FloodRate,

    /// <summary>Probability of an emoji along the answer, 1 - prod (1 - m).</summary>
    ExpectedShare,

    /// <summary>Mean of ln m along the model's own answer, in nats.</summary>
    LogMass,

    /// <summary>Mean of ln m along the base's answer, read by each model, in nats.</summary>
    SameTextLogMass,

    /// <summary>Whether the classifier gives an answer the first arm's target.</summary>
    TraitAlignment,

    /// <summary>ln of the untuned model's probability of an emoji after a held-out text of each target, paired by topic.</summary>
    LatentProbe,
}

/// <summary>Which way a hypothesis points.</summary>
public enum HypothesisDirection
{
    /// <summary>The first arm is above the second.</summary>
    Above,

    /// <summary>The first arm is below the second.</summary>
    Below,
}

/// <summary>One side of a hypothesis: the cells of one arm, over all seeds that both sides have.</summary>
/// <param name="Model">Name of the model.</param>
/// <param name="Method">Name of the method.</param>
/// <param name="Target">Pole, or neutral.</param>
/// <param name="StopToken">Arm of the stop token; null where nothing is trained.</param>
/// <param name="Recipe">Name of the recipe; null for the study's own.</param>
/// <param name="Step">Training step; null for the end.</param>
/// <param name="Generation">Name of the way to ask; null for the study's own.</param>
public sealed record HypothesisSide(
    string Model, string Method, TraitTarget Target, StopTokenUse? StopToken, string? Recipe, int? Step, string? Generation)
{
    /// <summary>Whether a cell belongs to the side, with any seed.</summary>
    /// <param name="cell">The cell.</param>
    public bool Holds(PlannedCell cell)
    {
        ArgumentNullException.ThrowIfNull(cell);
        return cell with { Seed = null } == new PlannedCell(Model, Method, Target, StopToken, null, Recipe, Step, Generation);
    }
}

/// <summary>A claim that stands in the study file before anything is run, with the test that decides it.</summary>
/// <param name="Name">Short name, as in "E-neutral".</param>
/// <param name="Claim">The claim, in one sentence.</param>
/// <param name="IsPrimary">Whether it belongs to the primary family; p-values are adjusted within a family.</param>
/// <param name="Measure">What is compared.</param>
/// <param name="First">The side that the claim is about.</param>
/// <param name="Second">What it is compared with.</param>
/// <param name="Expected">Which way the difference, first minus second, should point.</param>
public sealed record Hypothesis(
    string Name, string Claim, bool IsPrimary, HypothesisMeasure Measure, HypothesisSide First, HypothesisSide Second, HypothesisDirection Expected)
{
    /// <summary>The hypothesis as JSON with its fields in one fixed order, of which the registered hash is made.</summary>
    /// <param name="json">Where it is written.</param>
    public void Write(Utf8JsonWriter json)
    {
        ArgumentNullException.ThrowIfNull(json);
        json.WriteStartObject();
        json.WriteString("name", Name);
        json.WriteString("claim", Claim);
        json.WriteBoolean("primary", IsPrimary);
        json.WriteString("measure", Measure.ToString());
        Write(json, "first", First);
        Write(json, "second", Second);
        json.WriteString("expected", Expected.ToString());
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, HypothesisSide side)
    {
        json.WriteStartObject(name);
        json.WriteString("model", side.Model);
        json.WriteString("method", side.Method);
        json.WriteString("target", side.Target.Name);
        json.WriteString("stopToken", side.StopToken?.ToString());
        json.WriteString("recipe", side.Recipe);
        if (side.Step is { } step)
        {
            json.WriteNumber("step", step);
        }

        json.WriteString("generation", side.Generation);
        json.WriteEndObject();
    }
}
