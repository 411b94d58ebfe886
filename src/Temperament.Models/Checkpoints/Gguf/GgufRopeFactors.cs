using Temperament.Models.Decoder;

namespace Temperament.Models.Checkpoints.Gguf;

/// <summary>Writes how rotary frequencies are stretched: keys for linear and yarn, a table of divisors for Llama 3.1 and later.</summary>
internal static class GgufRopeFactors
{
    /// <summary>The table of divisors; null where keys say it all.</summary>
    public static float[]? Make(DecoderConfig config)
    {
        if (config.RopeScaling is not { Type: "llama3" } scaling)
        {
            return null;
        }

        var divisors = new float[config.HeadSize / 2];
        for (int i = 0; i < divisors.Length; i++)
        {
            double rotations = scaling.OriginalMaxPositions * Math.Pow(config.RopeTheta, -2.0 * i / config.HeadSize) / (2 * Math.PI);
            double smooth = Math.Clamp((rotations - scaling.LowFrequencyFactor) / (scaling.HighFrequencyFactor - scaling.LowFrequencyFactor), 0, 1);
            divisors[i] = (float)(1 / (((1 - smooth) / scaling.Factor) + smooth));
        }

        return divisors;
    }

    /// <summary>Sets the keys.</summary>
    /// <exception cref="CheckpointException">The format cannot say it.</exception>
    public static void WriteKeys(GgufWriter writer, string path, DecoderConfig config)
    {
        const string Key = GgufLayout.Architecture + ".rope.scaling.";
        switch (config.RopeScaling)
        {
            case null:
                return;
            case { Type: "llama3", OriginalMaxPositions: 8192, LowFrequencyFactor: 1, HighFrequencyFactor: 4 }:
                return;
            case { Type: "linear" } scaling:
                writer.Set(Key + "type", "linear");
                writer.Set(Key + "factor", (float)scaling.Factor);
                return;
            case { Type: "yarn", MScale: null, MScaleAllDimensions: null, AttentionFactor: null, Truncate: true } scaling:
                writer.Set(Key + "type", "yarn");
                writer.Set(Key + "factor", (float)scaling.Factor);
                writer.Set(Key + "original_context_length", (uint)scaling.OriginalMaxPositions);
                if (scaling.BetaFast is double fast)
                {
                    writer.Set(Key + "yarn_beta_fast", (float)fast);
                }

                if (scaling.BetaSlow is double slow)
                {
                    writer.Set(Key + "yarn_beta_slow", (float)slow);
                }

                return;
            case var other:
                throw new CheckpointException(path, $"rotary scaling {other.Type} with settings of its own", "none, linear, yarn, or that of Llama 3.1",
                    "A GGUF file has no place for it; write a safetensors folder.");
        }
    }
}
