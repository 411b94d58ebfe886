namespace Temperament.Models.Decoder;

/// <summary>
/// Rotary angles. Su et al. 2021, https://arxiv.org/abs/2104.09864; the scalings are linear (Chen et al. 2023,
/// https://arxiv.org/abs/2306.15595), dynamic NTK, YaRN (Peng et al. 2023, https://arxiv.org/abs/2309.00071), LongRoPE (Ding et al. 2024,
/// https://arxiv.org/abs/2402.13753) and that of Llama 3.1.
/// </summary>
public static class RopeFrequencies
{
    /// <summary>The length beyond which a sequence has other frequencies, so that its keys of before are of no use; null for none.</summary>
    /// <param name="config">Shape of the decoder.</param>
    public static int? ChangesBeyond(DecoderConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return config.RopeScaling is { Type: "longrope" } scaling ? scaling.OriginalMaxPositions : null;
    }

    /// <summary>The E/2 frequencies in radians a position, as float32.</summary>
    /// <param name="config">Shape of the decoder.</param>
    /// <param name="passLength">Number of positions of the pass; only dynamic scaling and LongRoPE look at it.</param>
    public static float[] Inverse(DecoderConfig config, int passLength)
    {
        ArgumentNullException.ThrowIfNull(config);
        RopeScaling? scaling = config.RopeScaling;
        int D = config.RotarySize;
        double theta = config.RopeTheta;
        if (scaling?.Type == "dynamic" && passLength > config.MaxPositions)
        {
            double stretch = (scaling.Factor * passLength / config.MaxPositions) - (scaling.Factor - 1);
            theta *= Math.Pow(stretch, D / (D - 2.0));
        }

        var inverse = new float[D / 2];
        for (int i = 0; i < inverse.Length; i++)
        {
            inverse[i] = (float)(1 / Math.Pow(theta, 2.0 * i / D));
        }

        switch (scaling?.Type)
        {
            case "linear":
                Scale(inverse, scaling.Factor);
                break;
            case "llama3":
                ScaleByWavelength(inverse, scaling);
                break;
            case "yarn":
                ScaleByRamp(inverse, config, scaling);
                break;
            case "longrope":
                IReadOnlyList<double> factors = passLength > scaling.OriginalMaxPositions ? scaling.LongFactors : scaling.ShortFactors;
                for (int i = 0; i < inverse.Length; i++)
                {
                    inverse[i] = (float)(1 / (factors[i] * Math.Pow(theta, 2.0 * i / D)));
                }

                break;
        }

        return inverse;
    }

    /// <summary>What cos and sin are multiplied by; 1 but for YaRN and LongRoPE.</summary>
    /// <param name="config">Shape of the decoder.</param>
    public static double AttentionFactor(DecoderConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        RopeScaling? scaling = config.RopeScaling;
        if (scaling?.Type is not ("yarn" or "longrope"))
        {
            return 1;
        }

        if (scaling.AttentionFactor is double given)
        {
            return given;
        }

        if (scaling.Type == "longrope")
        {
            return LongRopeAttention(config.MaxPositions, scaling.OriginalMaxPositions);
        }

        static double Factor(double scale, double m) => scale <= 1 ? 1 : (0.1 * m * Math.Log(scale)) + 1;
        return scaling is { MScale: double m, MScaleAllDimensions: double all }
            ? Factor(scaling.Factor, m) / Factor(scaling.Factor, all)
            : Factor(scaling.Factor, 1);
    }

    /// <summary>What LongRoPE multiplies cos and sin by where the checkpoint does not say.</summary>
    internal static double LongRopeAttention(int maxPositions, int originalPositions)
    {
        double stretch = (double)maxPositions / originalPositions;
        return stretch <= 1 ? 1 : Math.Sqrt(1 + (Math.Log(stretch) / Math.Log(originalPositions)));
    }

    private static void Scale(float[] inverse, double factor)
    {
        for (int i = 0; i < inverse.Length; i++)
        {
            inverse[i] = (float)(inverse[i] / factor);
        }
    }

    private static void ScaleByWavelength(float[] inverse, RopeScaling scaling)
    {
        double original = scaling.OriginalMaxPositions;
        double longest = original / scaling.LowFrequencyFactor, shortest = original / scaling.HighFrequencyFactor;
        for (int i = 0; i < inverse.Length; i++)
        {
            double wavelength = 2 * Math.PI / inverse[i];
            if (wavelength > longest)
            {
                inverse[i] = (float)(inverse[i] / scaling.Factor);
            }
            else if (wavelength >= shortest)
            {
                double smooth = ((original / wavelength) - scaling.LowFrequencyFactor)
                    / (scaling.HighFrequencyFactor - scaling.LowFrequencyFactor);
                inverse[i] = (float)(((1 - smooth) * inverse[i] / scaling.Factor) + (smooth * inverse[i]));
            }
        }
    }

    private static void ScaleByRamp(float[] inverse, DecoderConfig config, RopeScaling scaling)
    {
        int D = config.RotarySize;
        int original = scaling.OriginalMaxPositions > 0 ? scaling.OriginalMaxPositions : config.MaxPositions;
        double Dimension(double rotations) => D * Math.Log(original / (rotations * 2 * Math.PI)) / (2 * Math.Log(config.RopeTheta));
        double low = Dimension(scaling.BetaFast ?? 32), high = Dimension(scaling.BetaSlow ?? 1);
        if (scaling.Truncate)
        {
            (low, high) = (Math.Floor(low), Math.Ceiling(high));
        }

        low = Math.Max(low, 0);
        high = Math.Min(high, D - 1);
        high = low == high ? high + 0.001 : high;
        for (int i = 0; i < inverse.Length; i++)
        {
            double ramp = Math.Clamp((i - low) / (high - low), 0, 1);
            inverse[i] = (float)((inverse[i] / scaling.Factor * ramp) + (inverse[i] * (1 - ramp)));
        }
    }
}
