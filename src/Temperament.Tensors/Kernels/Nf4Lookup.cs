using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Temperament.Tensors.Quantization;

namespace Temperament.Tensors.Kernels;

/// <summary>From codes to levels, sixteen at a time: one table look-up with AVX-512, two and a choice with AVX2, four of bytes elsewhere.</summary>
internal static unsafe class Nf4Lookup
{
    /// <summary>The level of the code in the low four bits of each lane; the other bits do not matter.</summary>
    /// <param name="codes">Sixteen codes.</param>
    /// <param name="levels"><see cref="Nf4Tables.Levels"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Levels(Vector512<uint> codes, float* levels)
    {
        if (Avx512F.IsSupported)
        {
            return Avx512F.PermuteVar16x32(Vector512.Load(levels), codes.AsInt32());
        }

        if (Avx2.IsSupported)
        {
            return Vector512.Create(Levels(codes.GetLower(), levels), Levels(codes.GetUpper(), levels));
        }

        byte* bytes = (byte*)(levels + 16);
        return Vector512.Create(
            Vector256.Create(Levels(codes.GetLower().GetLower(), bytes), Levels(codes.GetLower().GetUpper(), bytes)),
            Vector256.Create(Levels(codes.GetUpper().GetLower(), bytes), Levels(codes.GetUpper().GetUpper(), bytes)));
    }

    /// <summary>Sixteen neighbouring codes of an output, one a lane, in the low four bits.</summary>
    /// <param name="words">First of the two words that hold them; the second one is a band further.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Row(uint* words)
    {
        if (Avx512F.IsSupported)
        {
            Vector512<uint> second = Vector512.Create(0u, 0, 0, 0, 0, 0, 0, 0, ~0u, ~0u, ~0u, ~0u, ~0u, ~0u, ~0u, ~0u);
            Vector512<uint> both = Vector512.ConditionalSelect(second, Vector512.Create(words[Nf4View.Band]), Vector512.Create(words[0]));
            return Avx512F.ShiftRightLogicalVariable(both, Vector512.Create(4u, 0, 12, 8, 20, 16, 28, 24, 4, 0, 12, 8, 20, 16, 28, 24));
        }

        if (Avx2.IsSupported)
        {
            Vector256<uint> shifts = Vector256.Create(4u, 0, 12, 8, 20, 16, 28, 24);
            return Vector512.Create(
                Avx2.ShiftRightLogicalVariable(Vector256.Create(words[0]), shifts),
                Avx2.ShiftRightLogicalVariable(Vector256.Create(words[Nf4View.Band]), shifts));
        }

        // A byte becomes two: its high nibble, then its low one.
        Vector128<ushort> pairs = Vector128.WidenLower(Vector128.CreateScalar(words[0] | ((ulong)words[Nf4View.Band] << 32)).AsByte());
        Vector128<byte> codes = ((pairs >>> 4) | (pairs << 8)).AsByte();
        (Vector128<ushort> low, Vector128<ushort> high) = Vector128.Widen(codes);
        return Vector512.Create(
            Vector256.Create(Vector128.WidenLower(low), Vector128.WidenUpper(low)),
            Vector256.Create(Vector128.WidenLower(high), Vector128.WidenUpper(high)));
    }

    // Eight levels a table; bit 3 of the code chooses the table.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Levels(Vector256<uint> codes, float* levels)
    {
        Vector256<float> low = Avx2.PermuteVar8x32(Vector256.Load(levels), codes.AsInt32());
        Vector256<float> high = Avx2.PermuteVar8x32(Vector256.Load(levels + 8), codes.AsInt32());
        return Avx.BlendVariable(low, high, (codes << 28).AsSingle());
    }

    // Each byte of a level from its own table; an index with the highest bit set gives zero.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Levels(Vector128<uint> codes, byte* tables)
    {
        Vector128<byte> indices = Vector128.ShuffleNative(
            (codes & Vector128.Create(15u)).AsByte(), Vector128.Create((byte)0, 0, 0, 0, 4, 4, 4, 4, 8, 8, 8, 8, 12, 12, 12, 12));
        Vector128<byte> first = Vector128.ShuffleNative(Vector128.Load(tables), indices | Vector128.Create(0x80808000u).AsByte());
        Vector128<byte> second = Vector128.ShuffleNative(Vector128.Load(tables + 16), indices | Vector128.Create(0x80800080u).AsByte());
        Vector128<byte> third = Vector128.ShuffleNative(Vector128.Load(tables + 32), indices | Vector128.Create(0x80008080u).AsByte());
        Vector128<byte> fourth = Vector128.ShuffleNative(Vector128.Load(tables + 48), indices | Vector128.Create(0x00808080u).AsByte());
        return (first | second | third | fourth).AsSingle();
    }
}
