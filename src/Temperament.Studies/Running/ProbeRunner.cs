using System.Text.Json;
using Temperament.Measures.Metrics;
using Temperament.Models.Text;
using Temperament.Studies.Data;
using Temperament.Studies.Logs;

namespace Temperament.Studies.Running;

/// <summary>One held-out text as an untuned model reads it.</summary>
/// <param name="Target">What the text shows.</param>
/// <param name="Topic">What the text is about.</param>
/// <param name="EmojiEnd">Probability that an emoji begins after it.</param>
/// <param name="EmojiEndLog">ln of the same, exact where the probability is small.</param>
/// <param name="Stop">Probability that the answer ends after it.</param>
internal sealed record ProbeRecord(TraitTarget Target, string Topic, double EmojiEnd, double EmojiEndLog, double Stop);

/// <summary>The latent probe of an untuned model: what it expects after held-out answers of every target.</summary>
internal static class ProbeRunner
{
    public const string File = "probe.jsonl";

    /// <summary>Key of the probe of a model.</summary>
    public static string KeyOf(StudySubject subject, StudyMaterials materials, string quantization) => "probe-" + StudyMaterials.Hash(
        ["by topic", subject.Loaded.WeightsHash, subject.Loaded.Tokenizer.Hash, quantization, .. materials.Targets.Select(t => StudyMaterials.HashOf(materials.HeldOut(t)))])[..12];

    /// <summary>Runs the probe and writes it into a folder.</summary>
    public static void Run(StudySubject subject, StudyMaterials materials, string folder)
    {
        var records = new List<ProbeRecord>();
        foreach (TraitTarget target in materials.Targets)
        {
            OpinionSet held = materials.HeldOut(target);
            IReadOnlyList<ProbeRow> rows = LatentProbe.Run(
                subject.Network, [.. held.Select(o => subject.Given(o.Question, o.Answer))], subject.EmojiTokens, [.. subject.Loaded.StopTokens]);
            records.AddRange(rows.Select((r, i) => new ProbeRecord(target, held[i].Topic, r.EmojiEnd, r.EmojiEndLog, r.Stop)));
        }

        JsonLines.Write(Path.Combine(folder, File), records, (r, json) =>
        {
            json.WriteStartObject();
            json.WriteString("target", r.Target.Name);
            json.WriteString("topic", r.Topic);
            json.WriteNumber("emoji", r.EmojiEnd);
            WriteLog(json, r.EmojiEndLog);
            json.WriteNumber("stop", r.Stop);
            json.WriteEndObject();
        });
    }

    /// <summary>Reads a probe.</summary>
    public static List<ProbeRecord> Read(string folder) => JsonLines.Read(Path.Combine(folder, File), Parse);

    private static ProbeRecord Parse(JsonElement e) => new(
        TraitTarget.Parse(e.GetProperty("target").GetString()!),
        e.GetProperty("topic").GetString()!,
        e.GetProperty("emoji").GetDouble(),
        e.GetProperty("emojiLog") is { ValueKind: JsonValueKind.Number } log ? log.GetDouble() : double.NegativeInfinity,
        e.GetProperty("stop").GetDouble());

    /// <summary>A probability of 0 has no logarithm and is written as null.</summary>
    private static void WriteLog(Utf8JsonWriter json, double log)
    {
        if (double.IsFinite(log))
        {
            json.WriteNumber("emojiLog", log);
        }
        else
        {
            json.WriteNull("emojiLog");
        }
    }
}
