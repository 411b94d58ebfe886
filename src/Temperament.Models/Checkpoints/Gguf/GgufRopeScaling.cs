using Temperament.Models.Decoder;
using Temperament.Tensors.Memory;

namespace Temperament.Models.Checkpoints.Gguf;

/// <summary>
/// Reads how a GGUF file stretches its rotary frequencies: by keys, or, for Llama 3.1 and later, by a table of divisors
/// (<c>rope_freqs.weight</c>), from which the factor is taken back and the rest is checked.
/// </summary>
internal static class GgufRopeScaling
{
    // The table was made with these numbers, which the file does not keep.
    private const int OriginalPositions = 8192;
    private const double LowFactor = 1;
    private const double HighFactor = 4;

    public static RopeScaling? Read(GgufFile file, int headSize, double theta, int maxPositions)
    {
        if (file.Tensors.ContainsKey(LlamaNames.RotaryFactors))
        {
            return FromTable(file, headSize, theta);
        }

        double? old = file.FindNumber("llama.rope.scale_linear");
        string type = file.FindString("llama.rope.scaling.type") ?? (old is null or 0 or 1 ? "none" : "linear");
        double factor = file.FindNumber("llama.rope.scaling.factor") ?? old ?? 1;
        if (type is not ("none" or "linear" or "yarn") || !(factor > 0 && double.IsFinite(factor)))
        {
            throw new CheckpointException(file.Path, $"rotary scaling {type} by {factor}", "none, linear or yarn by a number above 0",
                "Positions would be wrong without it, so the model is refused.");
        }

        if (type == "none")
        {
            return null;
        }

        long original = file.FindInteger("llama.rope.scaling.original_context_length") ?? maxPositions;
        double? attention = Number(file, "attn_factor");
        return new RopeScaling
        {
            Type = type,
            Factor = factor,
            OriginalMaxPositions = (int)Math.Clamp(original, 1, int.MaxValue),
            // In the file it multiplies the usual factor.
            AttentionFactor = attention is double a ? a * (1 + (0.1 * Math.Log(Math.Max(1, factor)))) : null,
            BetaFast = Number(file, "beta_fast"),
            BetaSlow = Number(file, "beta_slow"),
        };
    }

    private static double? Number(GgufFile file, string name) =>
        file.FindNumber($"llama.rope.scaling.yarn_{name}") ?? file.FindNumber($"llama.rope.scaling.{name}");

    private static RopeScaling FromTable(GgufFile file, int headSize, double theta)
    {
        Tensor table = file.ReadTensor(LlamaNames.RotaryFactors);
        ReadOnlySpan<float> divisors = table.Span;
        double factor = 1;
        bool right = divisors.Length == headSize / 2;
        foreach (float divisor in divisors)
        {
            right &= divisor >= 1 && float.IsFinite(divisor);
            factor = Math.Max(factor, divisor);
        }

        for (int i = 0; i < divisors.Length && right; i++)
        {
            double rotations = OriginalPositions * Math.Pow(theta, -2.0 * i / headSize) / (2 * Math.PI);
            double smooth = Math.Clamp((rotations - LowFactor) / (HighFactor - LowFactor), 0, 1);
            double expected = 1 / (((1 - smooth) / factor) + smooth);
            right = Math.Abs(divisors[i] - expected) <= 1e-4 * expected;
        }

        return right
            ? new RopeScaling
            {
                Type = "llama3",
                Factor = factor,
                OriginalMaxPositions = OriginalPositions,
                LowFrequencyFactor = LowFactor,
                HighFrequencyFactor = HighFactor,
            }
            : throw new CheckpointException(file.Path, $"{LlamaNames.RotaryFactors} with other divisors", "those of Llama 3.1",
                "Positions would be wrong without them, so the model is refused.");
    }
}
