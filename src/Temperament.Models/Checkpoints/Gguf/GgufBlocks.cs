using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Temperament.Models.Checkpoints.Gguf;

/// <summary>The block formats that are read: how many weights a block has, how many bytes, and how it is widened.</summary>
/// <param name="Name">Name in the words of the format.</param>
/// <param name="Weights">Weights of a block.</param>
/// <param name="Bytes">Bytes of a block.</param>
/// <param name="Widen">Widens whole blocks to float32.</param>
internal sealed record GgufBlocks(string Name, int Weights, int Bytes, GgufBlocks.Widener Widen)
{
    private static readonly Dictionary<GgufType, GgufBlocks> Table = new()
    {
        [GgufType.F32] = new("F32", 1, 4, (source, target) => source.CopyTo(MemoryMarshal.AsBytes(target))),
        [GgufType.F16] = new("F16", 1, 2, Tensors.Quantization.F16.Widen),
        [GgufType.Bf16] = new("BF16", 1, 2, Tensors.Quantization.Bf16.Widen),
        [GgufType.Q40] = Of<Q40>("Q4_0"),
        [GgufType.Q41] = Of<Q41>("Q4_1"),
        [GgufType.Q50] = Of<Q50>("Q5_0"),
        [GgufType.Q51] = Of<Q51>("Q5_1"),
        [GgufType.Q80] = Of<Q80>("Q8_0"),
        [GgufType.Q2K] = Of<Q2K>("Q2_K"),
        [GgufType.Q3K] = Of<Q3K>("Q3_K"),
        [GgufType.Q4K] = Of<Q4K>("Q4_K"),
        [GgufType.Q5K] = Of<Q5K>("Q5_K"),
        [GgufType.Q6K] = Of<Q6K>("Q6_K"),
        [GgufType.Iq4Nl] = Of<Iq4Nl>("IQ4_NL"),
    };

    /// <summary>Widens whole blocks; target has as many numbers as source has weights.</summary>
    internal delegate void Widener(ReadOnlySpan<byte> source, Span<float> target);

    /// <summary>Names of the formats, for messages.</summary>
    public static string Known => string.Join(", ", Table.Values.Select(b => b.Name));

    public static GgufBlocks? Find(GgufType type) => Table.GetValueOrDefault(type);

    /// <summary>Name of a type that is not read, where it is a known one.</summary>
    public static string NameOf(uint type) => type switch
    {
        9 => "Q8_1",
        15 => "Q8_K",
        16 => "IQ2_XXS",
        17 => "IQ2_XS",
        18 => "IQ3_XXS",
        19 => "IQ1_S",
        21 => "IQ3_S",
        22 => "IQ2_S",
        23 => "IQ4_XS",
        24 => "I8",
        25 => "I16",
        26 => "I32",
        27 => "I64",
        28 => "F64",
        29 => "IQ1_M",
        34 => "TQ1_0",
        35 => "TQ2_0",
        39 => "MXFP4",
        _ => $"{type}, which is not known",
    };

    private static GgufBlocks Of<TBlock>(string name)
        where TBlock : struct, IGgufBlock => new(name, TBlock.Weights, TBlock.Bytes, WidenAll<TBlock>);

    // Compiled for speed at once: most of a file is read before the runtime would notice that the loop is hot.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void WidenAll<TBlock>(ReadOnlySpan<byte> source, Span<float> target)
        where TBlock : struct, IGgufBlock
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual((long)source.Length * TBlock.Weights, (long)target.Length * TBlock.Bytes);
        while (source.Length > 0)
        {
            TBlock.Widen(source[..TBlock.Bytes], target[..TBlock.Weights]);
            source = source[TBlock.Bytes..];
            target = target[TBlock.Weights..];
        }
    }
}
