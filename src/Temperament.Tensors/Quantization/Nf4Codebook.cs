namespace Temperament.Tensors.Quantization;

/// <summary>
/// The levels of NormalFloat 4 and of the 8-bit dynamic type that stores its scales. Dettmers et al. 2023, https://arxiv.org/abs/2305.14314,
/// appendix E; dynamic type: Dettmers et al. 2022, https://arxiv.org/abs/2110.02861. float32 arithmetic throughout.
/// </summary>
public static class Nf4Codebook
{
    private static readonly float[] LevelTable =
    [
        -1.0f, -0.6961928009986877f, -0.5250730514526367f, -0.39491748809814453f, -0.28444138169288635f, -0.18477343022823334f,
        -0.09105003625154495f, 0.0f, 0.07958029955625534f, 0.16093020141124725f, 0.24611230194568634f, 0.33791524171829224f,
        0.44070982933044434f, 0.5626170039176941f, 0.7229568362236023f, 1.0f,
    ];

    private static readonly float[] ThresholdTable = Midpoints(LevelTable);
    private static readonly float[] SignedTable = Dynamic(signed: true);
    private static readonly float[] UnsignedTable = Dynamic(signed: false);
    private static readonly float[] SignedMidpoints = Midpoints(SignedTable);
    private static readonly float[] UnsignedMidpoints = Midpoints(UnsignedTable);

    /// <summary>The 16 levels, ascending from -1 to 1; a code is an index into them.</summary>
    public static ReadOnlySpan<float> Levels => LevelTable;

    /// <summary>The 15 midpoints of neighbouring levels. The code of a number is the count of thresholds below it.</summary>
    public static ReadOnlySpan<float> Thresholds => ThresholdTable;

    /// <summary>The 256 levels of the signed dynamic type, ascending.</summary>
    public static ReadOnlySpan<float> DynamicSigned => SignedTable;

    /// <summary>The 256 levels of the unsigned dynamic type, ascending.</summary>
    public static ReadOnlySpan<float> DynamicUnsigned => UnsignedTable;

    /// <summary>The 255 midpoints of neighbouring levels of the signed dynamic type.</summary>
    internal static ReadOnlySpan<float> SignedThresholds => SignedMidpoints;

    /// <summary>Code of the nearest level of the signed dynamic type; an exact tie takes the even code.</summary>
    /// <param name="value">A number, usually in -1 .. 1.</param>
    public static byte NearestSigned(float value) => Nearest(SignedMidpoints, value);

    /// <summary>Code of the nearest level of the unsigned dynamic type; an exact tie takes the even code.</summary>
    /// <param name="value">A number, usually in 0 .. 1.</param>
    public static byte NearestUnsigned(float value) => Nearest(UnsignedMidpoints, value);

    private static byte Nearest(float[] midpoints, float value)
    {
        int low = 0, high = midpoints.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = midpoints[middle] < value ? (middle + 1, high) : (low, middle);
        }

        bool tie = low < midpoints.Length && midpoints[low] == value;
        return (byte)(tie && low % 2 != 0 ? low + 1 : low);
    }

    private static float[] Midpoints(float[] levels)
    {
        var midpoints = new float[levels.Length - 1];
        for (int i = 0; i < midpoints.Length; i++)
        {
            midpoints[i] = (levels[i] + levels[i + 1]) / 2;
        }

        return midpoints;
    }

    // Seven decades; decade i from 0 holds the midpoints of 2^i (unsigned: 2^(i+1)) equal steps from 0.1 to 1, times 10^(i-6).
    private static float[] Dynamic(bool signed)
    {
        var levels = new List<float> { 0, 1 };
        double decade = 1e-6;
        for (int i = 0; i < 7; i++, decade *= 10)
        {
            float[] ends = Steps(signed ? 1 << i : 2 << i);
            foreach (float middle in Midpoints(ends))
            {
                float level = middle * (float)Math.Round(decade, 6);
                levels.Add(level);
                if (signed)
                {
                    levels.Add(-level);
                }
            }
        }

        levels.Sort();
        return [.. levels];
    }

    // The first half counts up from 0.1 and the second half down from 1, each point with one rounding.
    private static float[] Steps(int steps)
    {
        float step = (1 - 0.1f) / steps;
        var points = new float[steps + 1];
        for (int j = 0; j <= steps; j++)
        {
            points[j] = j < (steps + 1) / 2 ? MathF.FusedMultiplyAdd(step, j, 0.1f) : MathF.FusedMultiplyAdd(-step, steps - j, 1);
        }

        return points;
    }
}
