namespace Temperament.Tensors.Quantization;

/// <summary>
/// Nearest level of the dynamic type for numbers of -1 .. 1, faster than by halving: the upper half of a number's bits says where to begin,
/// and from there it is a step or two.
/// </summary>
internal sealed class DynamicCodes
{
    private readonly float[] _levels;
    private readonly float[] _midpoints;
    private readonly byte[] _first = new byte[1 << 16];

    private DynamicCodes(ReadOnlySpan<float> levels)
    {
        _levels = levels.ToArray();
        _midpoints = new float[levels.Length - 1];
        for (int i = 0; i < _midpoints.Length; i++)
        {
            _midpoints[i] = (levels[i] + levels[i + 1]) / 2;
        }

        for (int upper = 0; upper < _first.Length; upper++)
        {
            // The least number with these upper bits.
            bool negative = (upper & 0x8000) != 0;
            float least = BitConverter.UInt32BitsToSingle(((uint)upper << 16) | (negative ? 0xFFFFu : 0));
            int code = 0;
            while (code < _midpoints.Length && _midpoints[code] < least)
            {
                code++;
            }

            _first[upper] = (byte)code;
        }
    }

    /// <summary>The signed type.</summary>
    public static DynamicCodes Signed { get; } = new(Nf4Codebook.DynamicSigned);

    /// <summary>The unsigned type.</summary>
    public static DynamicCodes Unsigned { get; } = new(Nf4Codebook.DynamicUnsigned);

    /// <summary>The 256 levels, ascending.</summary>
    public ReadOnlySpan<float> Levels => _levels;

    /// <summary>Code of the nearest level; an exact tie takes the even code.</summary>
    public byte Nearest(float value)
    {
        int code = _first[BitConverter.SingleToUInt32Bits(value) >> 16];
        while (code < _midpoints.Length && _midpoints[code] < value)
        {
            code++;
        }

        bool tie = code < _midpoints.Length && _midpoints[code] == value && code % 2 != 0;
        return (byte)(tie ? code + 1 : code);
    }

    /// <summary>Code of the nearest level, or of its neighbour where the level has another sign than the number.</summary>
    public byte NearestOfSign(float value)
    {
        byte code = Nearest(value);
        bool negative = float.IsNegative(value);
        return negative == float.IsNegative(_levels[code]) ? code : (byte)(negative ? code - 1 : code + 1);
    }
}
