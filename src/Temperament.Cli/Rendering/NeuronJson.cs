using System.Text.Json;
using Temperament.Measures.Interpretability;
using Temperament.Measures.Statistics;

namespace Temperament.Cli.Rendering;

/// <summary>Neurons, and what silencing them leaves, as JSON.</summary>
internal static class NeuronJson
{
    /// <summary>Writes a share of answers with an emoji.</summary>
    public static void WriteRate(Utf8JsonWriter json, string name, AblationRate rate)
    {
        json.WriteStartObject(name);
        json.WriteNumber("answers", rate.HasEmoji.Count);
        json.WriteNumber("withEmoji", rate.HasEmoji.Count(has => has));
        json.WriteEndObject();
    }

    /// <summary>Writes the first neurons of a ranking, or null.</summary>
    public static void WriteRanking(Utf8JsonWriter json, string name, Measured<IReadOnlyList<NeuronScore>> ranking, int top)
    {
        if (!ranking.TryGet(out IReadOnlyList<NeuronScore>? scores))
        {
            json.WriteNull(name);
            return;
        }

        json.WriteStartArray(name);
        foreach (NeuronScore score in scores.Take(top))
        {
            json.WriteStartObject();
            json.WriteNumber("layer", score.Neuron.Layer);
            json.WriteNumber("neuron", score.Neuron.Index);
            json.WriteReal("off", score.Before);
            json.WriteReal("on", score.After);
            json.WriteReal("write", score.Write);
            json.WriteReal("score", score.Score);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>Writes the ablations.</summary>
    public static void WriteSteps(Utf8JsonWriter json, IReadOnlyList<AblationStep> steps)
    {
        json.WriteStartArray("ablation");
        foreach (AblationStep step in steps)
        {
            json.WriteStartObject();
            json.WriteNumber("silenced", step.Count);
            WriteRate(json, "top", step.Top);
            json.WriteStartArray("random");
            foreach (AblationRate rate in step.Random)
            {
                json.WriteNumberValue(rate.HasEmoji.Count(has => has));
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
