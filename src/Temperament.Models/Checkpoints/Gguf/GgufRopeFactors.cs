using Temperament.Models.Decoder;

namespace Temperament.Models.Checkpoints.Gguf;

/// <summary>Writes how rotary frequencies are stretched: keys for linear and yarn, one table of divisors in "llama", two for longrope.</summary>
internal static class GgufRopeFactors
{
    /// <summary>The tables of divisors by name; none where keys say it all.</summary>
    public static IEnumerable<(string Name, float[] Divisors)> Tables(DecoderConfig config)
    {
        switch (config.RopeScaling)
        {
            case { Type: "llama3" } scaling:
                yield return (GgufNames.RotaryFactors, ByWavelength(config, scaling));
                break;
            case { Type: "longrope" } scaling when IsConstant(scaling):
                yield return (GgufNames.RotaryFactors, Narrow(scaling.ShortFactors));
                break;
            case { Type: "longrope" } scaling:
                yield return (GgufNames.LongFactors, Narrow(scaling.LongFactors));
                yield return (GgufNames.ShortFactors, Narrow(scaling.ShortFactors));
                break;
        }
    }

    /// <summary>Sets the keys.</summary>
    /// <exception cref="CheckpointException">The format cannot say it.</exception>
    public static void WriteKeys(GgufWriter writer, string path, DecoderConfig config)
    {
        string architecture = GgufLayout.ArchitectureOf(config), key = architecture + ".rope.scaling.";
        switch (config.RopeScaling)
        {
            case null:
                return;
            case { Type: "llama3" } when architecture == "llama":
                return;
            case { Type: "longrope" } scaling when IsConstant(scaling) && architecture == "llama":
                return;
            case { Type: "longrope" } scaling when !IsConstant(scaling):
                writer.Set(key + "type", "longrope");
                writer.Set(key + "original_context_length", (uint)scaling.OriginalMaxPositions);
                writer.Set(key + "attn_factor", (float)RopeFrequencies.AttentionFactor(config));
                return;
            case { Type: "linear" } scaling:
                writer.Set(key + "type", "linear");
                writer.Set(key + "factor", (float)scaling.Factor);
                return;
            case { Type: "yarn", Truncate: true } scaling:
                WriteYarn(writer, key, config, scaling);
                return;
            case var other:
                throw new CheckpointException(path, $"rotary scaling {other.Type}{(other.Type == "yarn" ? " without rounded ends" : "")} in a model of family {config.Family}",
                    "none, linear, yarn, two tables of factors, or in Llama that of Llama 3.1",
                    "A GGUF file has no place for it; write a safetensors folder.");
        }
    }

    private static void WriteYarn(GgufWriter writer, string key, DecoderConfig config, RopeScaling scaling)
    {
        writer.Set(key + "type", "yarn");
        writer.Set(key + "factor", (float)scaling.Factor);
        writer.Set(key + "original_context_length", (uint)scaling.OriginalMaxPositions);
        if (scaling is not { AttentionFactor: null, MScale: null })
        {
            writer.Set(key + "attn_factor", (float)(RopeFrequencies.AttentionFactor(config) / (1 + (0.1 * Math.Log(Math.Max(1, scaling.Factor))))));
        }

        if (scaling.BetaFast is double fast)
        {
            writer.Set(key + "yarn_beta_fast", (float)fast);
        }

        if (scaling.BetaSlow is double slow)
        {
            writer.Set(key + "yarn_beta_slow", (float)slow);
        }
    }

    private static float[] ByWavelength(DecoderConfig config, RopeScaling scaling)
    {
        var divisors = new float[config.RotarySize / 2];
        for (int i = 0; i < divisors.Length; i++)
        {
            double rotations = scaling.OriginalMaxPositions * Math.Pow(config.RopeTheta, -2.0 * i / config.RotarySize) / (2 * Math.PI);
            double smooth = Math.Clamp((rotations - scaling.LowFrequencyFactor) / (scaling.HighFrequencyFactor - scaling.LowFrequencyFactor), 0, 1);
            divisors[i] = (float)(1 / (((1 - smooth) / scaling.Factor) + smooth));
        }

        return divisors;
    }

    private static bool IsConstant(RopeScaling scaling) => scaling.AttentionFactor == 1 && scaling.ShortFactors.SequenceEqual(scaling.LongFactors);

    private static float[] Narrow(IReadOnlyList<double> factors) => [.. factors.Select(factor => (float)factor)];
}
