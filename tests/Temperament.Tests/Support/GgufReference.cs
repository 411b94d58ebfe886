using System.Buffers.Binary;

namespace Temperament.Tests.Support;

/// <summary>The block formats of GGUF, one weight at a time: which bits make the number, its scale and its minimum.</summary>
internal static class GgufReference
{
    private static readonly int[] Levels = [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113];

    /// <summary>Weight i of a block.</summary>
    public static float Weight(string type, ReadOnlySpan<byte> b, int i) => type switch
    {
        "Q4_0" => Half(b, 0) * (Nibble(b[2..], i) - 8),
        "Q4_1" => (Half(b, 0) * Nibble(b[4..], i)) + Half(b, 2),
        "Q5_0" => Half(b, 0) * ((Nibble(b[6..], i) | (BitAt(b[2..], i) << 4)) - 16),
        "Q5_1" => (Half(b, 0) * (Nibble(b[8..], i) | (BitAt(b[4..], i) << 4))) + Half(b, 2),
        "Q8_0" => Half(b, 0) * (sbyte)b[2 + i],
        "IQ4_NL" => Half(b, 0) * Levels[Nibble(b[2..], i)],
        "Q2_K" => (Half(b, 80) * (b[i / 16] & 15) * TwoBits(b[16..], i)) - (Half(b, 82) * (b[i / 16] >> 4)),
        "Q3_K" => Half(b, 108) * (SixBitScale(b[96..], i / 16) - 32) * (TwoBits(b[32..], i) - (((b[i % 32] >> (i / 32)) & 1) == 0 ? 4 : 0)),
        "Q4_K" => (Half(b, 0) * Scale(b[4..], i / 32) * FourBits(b[16..], i)) - (Half(b, 2) * Minimum(b[4..], i / 32)),
        "Q5_K" => (Half(b, 0) * Scale(b[4..], i / 32) * (FourBits(b[48..], i) + (((b[16 + (i % 32)] >> (i / 32)) & 1) * 16)))
            - (Half(b, 2) * Minimum(b[4..], i / 32)),
        "Q6_K" => Half(b, 208) * (sbyte)b[192 + (i / 16)] * (SixBits(b, i) - 32),
        _ => throw new ArgumentException(type, nameof(type)),
    };

    private static float Half(ReadOnlySpan<byte> b, int at) => (float)BinaryPrimitives.ReadHalfLittleEndian(b[at..]);

    private static int Nibble(ReadOnlySpan<byte> q, int i) => i < 16 ? q[i] & 15 : q[i - 16] >> 4;

    private static int BitAt(ReadOnlySpan<byte> bits, int i) => (bits[i / 8] >> (i % 8)) & 1;

    private static int TwoBits(ReadOnlySpan<byte> q, int i) => (q[(i / 128 * 32) + (i % 32)] >> (i % 128 / 32 * 2)) & 3;

    private static int FourBits(ReadOnlySpan<byte> q, int i) => (q[(i / 64 * 32) + (i % 32)] >> (i % 64 / 32 * 4)) & 15;

    private static int SixBits(ReadOnlySpan<byte> b, int i)
    {
        int side = i / 128, within = i % 128;
        int low = (b[(side * 64) + (within % 64)] >> (within / 64 * 4)) & 15;
        return low | (((b[128 + (side * 32) + (within % 32)] >> (within / 32 * 2)) & 3) << 4);
    }

    private static int SixBitScale(ReadOnlySpan<byte> s, int k) =>
        ((s[k % 8] >> (k / 8 * 4)) & 15) | (((s[8 + (k % 4)] >> (k / 4 * 2)) & 3) << 4);

    private static int Scale(ReadOnlySpan<byte> s, int k) => k < 4 ? s[k] & 63 : (s[k + 4] & 15) | ((s[k - 4] & 0xC0) >> 2);

    private static int Minimum(ReadOnlySpan<byte> s, int k) => k < 4 ? s[k + 4] & 63 : (s[k + 4] >> 4) | ((s[k] & 0xC0) >> 2);
}
