using System.Text.Json;
using Temperament.Measures.Interpretability;
using Temperament.Measures.Statistics;
using Temperament.Studies.Logs;
using Temperament.Studies.Reports;

namespace Temperament.Studies.Running;

/// <summary>The stored form of a neuron study.</summary>
internal static class NeuronFile
{
    public static void Write(
        string path, AblationRate before, IReadOnlyList<(string Ranking, IReadOnlyList<NeuronScore> Scores, IReadOnlyList<AblationStep> Steps)> studies,
        int listed) => JsonLines.WriteObject(path, json =>
    {
        json.WriteNumber("answers", before.HasEmoji.Count);
        json.WriteNumber("emojiBefore", before.HasEmoji.Count(h => h));
        json.WriteStartArray("rankings");
        foreach ((string ranking, IReadOnlyList<NeuronScore> scores, IReadOnlyList<AblationStep> steps) in studies)
        {
            json.WriteStartObject();
            json.WriteString("ranking", ranking);
            json.WriteNumber("neurons", scores.Count);
            json.WriteStartArray("first");
            foreach (NeuronScore score in scores.Take(listed))
            {
                json.WriteStartObject();
                json.WriteNumber("layer", score.Neuron.Layer);
                json.WriteNumber("index", score.Neuron.Index);
                json.WriteNumber("off", score.Before);
                json.WriteNumber("on", score.After);
                json.WriteNumber("write", score.Write);
                json.WriteNumber("score", score.Score);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartArray("ablations");
            foreach (AblationStep step in steps)
            {
                WriteStep(json, step);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    public static NeuronStudy Read(string path, string row)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            JsonElement root = document.RootElement;
            int answers = root.GetProperty("answers").GetInt32();
            JsonElement[] rankings = [.. root.GetProperty("rankings").EnumerateArray()];
            return new NeuronStudy
            {
                Row = row,
                TotalNeurons = rankings.Length == 0 ? 0 : rankings[0].GetProperty("neurons").GetInt32(),
                ScoreDefinition = "change of the mean activation at sentence ends, adapter on less adapter off, times what the neuron adds to "
                    + "the mean emoji logit (logit lens)",
                EmojiBefore = Share(root.GetProperty("emojiBefore").GetInt32(), answers),
                Neurons = rankings.Length == 0 ? [] : [.. rankings[0].GetProperty("first").EnumerateArray().Select(Neuron)],
                Ablations = [.. rankings.SelectMany(r => r.GetProperty("ablations").EnumerateArray()
                    .Select(a => Ablation(r.GetProperty("ranking").GetString()!, a, answers)))],
            };
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or IOException)
        {
            throw new StudyException(path, "no neuron study", "what a study wrote", "Delete the folder; it will be run again.", e);
        }
    }

    private static void WriteStep(Utf8JsonWriter json, AblationStep step)
    {
        json.WriteStartObject();
        json.WriteNumber("k", step.Count);
        json.WriteNumber("emoji", step.Top.HasEmoji.Count(h => h));
        if (step.Top.Alignment.TryGet(out Interval alignment))
        {
            json.WriteNumber("alignment", alignment.Estimate);
        }

        json.WriteStartArray("random");
        foreach (AblationRate draw in step.Random)
        {
            json.WriteNumberValue(draw.HasEmoji.Count(h => h));
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static NeuronRow Neuron(JsonElement e) => new(
        e.GetProperty("layer").GetInt32(), e.GetProperty("index").GetInt32(), e.GetProperty("off").GetDouble(), e.GetProperty("on").GetDouble(),
        e.GetProperty("write").GetDouble(), e.GetProperty("score").GetDouble());

    private static AblationRow Ablation(string ranking, JsonElement e, int answers) => new(
        ranking,
        e.GetProperty("k").GetInt32(),
        Share(e.GetProperty("emoji").GetInt32(), answers),
        [.. e.GetProperty("random").EnumerateArray().Select(r => r.GetInt32() / (double)answers)],
        e.TryGetProperty("alignment", out JsonElement a) ? Share((int)Math.Round(a.GetDouble() * answers), answers) : Estimate.Missing("no classifier"));

    private static Estimate Share(int count, int total) => ProportionInterval.Wilson(count, total).TryGet(out Interval interval)
        ? Estimate.OfCount(count, total, interval.Low, interval.High) : Estimate.Missing("no answers");
}
