using System.Runtime.InteropServices;
using Temperament.Tensors.Quantization;

namespace Temperament.Tensors.Kernels;

/// <summary>The sixteen levels of <see cref="Nf4Codebook"/> where kernels can reach them by address.</summary>
internal static unsafe class Nf4Levels
{
    /// <summary>Sixteen floats, aligned to a cache line, for the life of the process.</summary>
    public static readonly float* Pointer = Copy();

    private static float* Copy()
    {
        float* memory = (float*)NativeMemory.AlignedAlloc(64, 64);
        Nf4Codebook.Levels.CopyTo(new Span<float>(memory, 16));
        return memory;
    }
}
