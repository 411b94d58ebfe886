using System.Text.Json;
using Temperament.Models.Decoder;

namespace Temperament.Models.Checkpoints.Writing;

/// <summary>Writes the field <c>rope_scaling</c>.</summary>
internal static class RopeScalingWriter
{
    /// <summary>Writes it where frequencies are stretched.</summary>
    public static void Write(Utf8JsonWriter json, DecoderConfig config)
    {
        if (config.RopeScaling is not { } scaling)
        {
            return;
        }

        json.WriteStartObject("rope_scaling");
        json.WriteString("rope_type", scaling.Type);
        json.WriteNumber("factor", scaling.Factor);
        json.WriteNumber("original_max_position_embeddings", scaling.OriginalMaxPositions);
        switch (scaling.Type)
        {
            case "llama3":
                json.WriteNumber("low_freq_factor", scaling.LowFrequencyFactor);
                json.WriteNumber("high_freq_factor", scaling.HighFrequencyFactor);
                break;
            case "longrope":
                Optional(json, "attention_factor", scaling.AttentionFactor);
                List(json, "short_factor", scaling.ShortFactors);
                List(json, "long_factor", scaling.LongFactors);
                break;
            case "yarn":
                Optional(json, "attention_factor", scaling.AttentionFactor);
                Optional(json, "beta_fast", scaling.BetaFast);
                Optional(json, "beta_slow", scaling.BetaSlow);
                Optional(json, "mscale", scaling.MScale);
                Optional(json, "mscale_all_dim", scaling.MScaleAllDimensions);
                json.WriteBoolean("truncate", scaling.Truncate);
                break;
        }

        json.WriteEndObject();
    }

    private static void Optional(Utf8JsonWriter json, string name, double? value)
    {
        if (value is double number)
        {
            json.WriteNumber(name, number);
        }
    }

    private static void List(Utf8JsonWriter json, string name, IReadOnlyList<double> values)
    {
        json.WriteStartArray(name);
        foreach (double value in values)
        {
            json.WriteNumberValue(value);
        }

        json.WriteEndArray();
    }
}
