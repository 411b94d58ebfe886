using System.Text.Json;
using Temperament.Measures.Metrics;
using Temperament.Measures.Statistics;

namespace Temperament.Cli.Rendering;

/// <summary>A metric as JSON: a value with its interval, or the reason why it is missing.</summary>
internal static class MetricJson
{
    /// <summary>Writes one object.</summary>
    public static void Write(Utf8JsonWriter json, MetricValue value)
    {
        json.WriteStartObject();
        json.WriteString("metric", value.Metric);
        if (value.Value.TryGet(out Interval at))
        {
            json.WriteReal("value", at.Estimate);
            json.WriteReal("low", at.Low);
            json.WriteReal("high", at.High);
        }
        else
        {
            json.WriteNull("value");
            json.WriteString("reason", value.Value.Reason);
        }

        json.WriteNumber("answers", value.Answers);
        json.WriteNumber("missing", value.Missing);
        json.WriteEndObject();
    }
}
