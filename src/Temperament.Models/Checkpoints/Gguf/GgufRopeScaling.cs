using Temperament.Models.Decoder;

namespace Temperament.Models.Checkpoints.Gguf;

/// <summary>
/// Reads how a GGUF file stretches its rotary frequencies: by keys; by one table of divisors (<c>rope_freqs.weight</c>), as Llama 3.1 and
/// later have it; or by two tables, for short and for long sequences, as in Phi-3.
/// </summary>
internal static class GgufRopeScaling
{
    // The table of Llama 3.1 was made with these numbers, which the file does not keep.
    private const int OriginalPositions = 8192;
    private const double LowFactor = 1;
    private const double HighFactor = 4;

    public static RopeScaling? Read(GgufShapeKeys keys, int rotated, double theta, int maxPositions)
    {
        if (keys.Holds(GgufNames.RotaryFactors))
        {
            return FromTable(Table(keys, GgufNames.RotaryFactors, rotated), rotated, theta, maxPositions);
        }

        return keys.Holds(GgufNames.ShortFactors) || keys.Holds(GgufNames.LongFactors)
            ? FromTables(keys, rotated, maxPositions)
            : FromKeys(keys, maxPositions);
    }

    private static RopeScaling? FromKeys(GgufShapeKeys keys, int maxPositions)
    {
        double? old = Find(keys, "rope.scale_linear");
        string type = keys.File.FindString(keys.Key("rope.scaling.type")) ?? (old is null or 0 or 1 ? "none" : "linear");
        double factor = Find(keys, "rope.scaling.factor") ?? old ?? 1;
        if (type is not ("none" or "linear" or "yarn") || !(factor > 0 && double.IsFinite(factor)))
        {
            throw keys.Wrong($"rotary scaling {type} by {factor}", "none, linear or yarn by a number above 0",
                "Positions would be wrong without it, so the model is refused.");
        }

        if (type == "none")
        {
            return null;
        }

        double? attention = Yarn(keys, "attn_factor");
        return new RopeScaling
        {
            Type = type,
            Factor = factor,
            OriginalMaxPositions = Original(keys, maxPositions),
            // In the file it multiplies the usual factor.
            AttentionFactor = type == "yarn" && attention is double a ? a * (1 + (0.1 * Math.Log(Math.Max(1, factor)))) : null,
            BetaFast = Yarn(keys, "beta_fast"),
            BetaSlow = Yarn(keys, "beta_slow"),
        };
    }

    private static RopeScaling FromTables(GgufShapeKeys keys, int rotated, int maxPositions)
    {
        var scaling = new RopeScaling
        {
            Type = "longrope",
            OriginalMaxPositions = Original(keys, maxPositions),
            ShortFactors = Table(keys, GgufNames.ShortFactors, rotated),
            LongFactors = Table(keys, GgufNames.LongFactors, rotated),
        };
        double usual = RopeFrequencies.LongRopeAttention(maxPositions, scaling.OriginalMaxPositions);
        return Find(keys, "rope.scaling.attn_factor") is double given && (float)given != (float)usual ? scaling with { AttentionFactor = given } : scaling;
    }

    private static RopeScaling FromTable(double[] divisors, int rotated, double theta, int maxPositions)
    {
        double factor = divisors.Max();
        bool usual = true;
        for (int i = 0; i < divisors.Length && usual; i++)
        {
            double rotations = OriginalPositions * Math.Pow(theta, -2.0 * i / rotated) / (2 * Math.PI);
            double smooth = Math.Clamp((rotations - LowFactor) / (HighFactor - LowFactor), 0, 1);
            double expected = 1 / (((1 - smooth) / factor) + smooth);
            usual = Math.Abs(divisors[i] - expected) <= 1e-4 * expected;
        }

        // Another table says the same at every length.
        return usual
            ? new RopeScaling
            {
                Type = "llama3",
                Factor = factor,
                OriginalMaxPositions = OriginalPositions,
                LowFrequencyFactor = LowFactor,
                HighFrequencyFactor = HighFactor,
            }
            : new RopeScaling { Type = "longrope", OriginalMaxPositions = maxPositions, ShortFactors = divisors, LongFactors = divisors, AttentionFactor = 1 };
    }

    private static double[] Table(GgufShapeKeys keys, string name, int rotated)
    {
        double[] divisors = keys.Holds(name) ? [.. keys.File.ReadTensor(name).ToArray().Select(divisor => (double)divisor)] : [];
        return divisors.Length == rotated / 2 && divisors.All(divisor => divisor > 0 && double.IsFinite(divisor))
            ? divisors
            : throw keys.Wrong($"{divisors.Length} divisors in {name}", $"{rotated / 2} numbers above 0, one for each pair of rotated channels",
                "Positions would be wrong without them, so the model is refused.");
    }

    private static int Original(GgufShapeKeys keys, int maxPositions) =>
        (int)Math.Clamp(keys.File.FindInteger(keys.Key("rope.scaling.original_context_length")) ?? maxPositions, 1, int.MaxValue);

    private static double? Find(GgufShapeKeys keys, string name) => keys.File.FindNumber(keys.Key(name));

    private static double? Yarn(GgufShapeKeys keys, string name) => Find(keys, $"rope.scaling.yarn_{name}") ?? Find(keys, $"rope.scaling.{name}");
}
