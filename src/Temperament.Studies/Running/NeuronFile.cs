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
        string path, AblationRate before, AblationRate untuned,
        IReadOnlyList<(string Ranking, IReadOnlyList<NeuronScore> Scores, IReadOnlyList<AblationStep> Steps)> studies, IReadOnlyList<PushStep> pushes, int listed) => JsonLines.WriteObject(path, json =>
    {
        json.WriteNumber("answers", before.HasEmoji.Count);
        json.WriteNumber("emojiBefore", before.HasEmoji.Count(h => h));
        json.WriteNumber("emojiUntuned", untuned.HasEmoji.Count(h => h));
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
                json.WriteStartObject();
                json.WriteNumber("k", step.Count);
                WriteRates(json, step.Top, step.Random);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("pushes");
        foreach (PushStep step in pushes)
        {
            json.WriteStartObject();
            json.WriteNumber("strength", step.Strength);
            json.WriteNumber("k", step.Count);
            WriteRates(json, step.Top, step.Random);
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
                EmojiUntuned = Share(root.GetProperty("emojiUntuned").GetInt32(), answers),
                Neurons = rankings.Length == 0 ? [] : [.. rankings[0].GetProperty("first").EnumerateArray().Select(Neuron)],
                Ablations = [.. rankings.SelectMany(r => r.GetProperty("ablations").EnumerateArray()
                    .Select(a => Ablation(r.GetProperty("ranking").GetString()!, a, answers)))],
                Pushes = [.. root.GetProperty("pushes").EnumerateArray().Select(p => Push(p, answers))],
            };
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or IOException)
        {
            throw new StudyException(path, "no neuron study", "what a study wrote", "Delete the folder; it will be run again.", e);
        }
    }

    private static void WriteRates(Utf8JsonWriter json, AblationRate top, IReadOnlyList<AblationRate> random)
    {
        json.WriteNumber("emoji", top.HasEmoji.Count(h => h));
        if (top.Alignment.TryGet(out Interval alignment))
        {
            json.WriteNumber("alignment", alignment.Estimate);
        }

        json.WriteStartArray("random");
        foreach (AblationRate draw in random)
        {
            json.WriteNumberValue(draw.HasEmoji.Count(h => h));
        }

        json.WriteEndArray();
    }

    private static NeuronRow Neuron(JsonElement e) => new(
        e.GetProperty("layer").GetInt32(), e.GetProperty("index").GetInt32(), e.GetProperty("off").GetDouble(), e.GetProperty("on").GetDouble(),
        e.GetProperty("write").GetDouble(), e.GetProperty("score").GetDouble());

    private static AblationRow Ablation(string ranking, JsonElement e, int answers) => new(
        ranking, e.GetProperty("k").GetInt32(), Share(e.GetProperty("emoji").GetInt32(), answers), Random(e, answers), Alignment(e, answers));

    private static PushRow Push(JsonElement e, int answers) => new(
        e.GetProperty("strength").GetDouble(), e.GetProperty("k").GetInt32(), Share(e.GetProperty("emoji").GetInt32(), answers), Random(e, answers),
        Alignment(e, answers));

    private static double[] Random(JsonElement e, int answers) => [.. e.GetProperty("random").EnumerateArray().Select(r => r.GetInt32() / (double)answers)];

    private static Estimate Alignment(JsonElement e, int answers) => e.TryGetProperty("alignment", out JsonElement a)
        ? Share((int)Math.Round(a.GetDouble() * answers), answers) : Estimate.Missing("no classifier");

    private static Estimate Share(int count, int total) => ProportionInterval.Wilson(count, total).TryGet(out Interval interval)
        ? Estimate.OfCount(count, total, interval.Low, interval.High) : Estimate.Missing("no answers");
}
