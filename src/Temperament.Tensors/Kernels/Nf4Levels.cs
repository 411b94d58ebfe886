using System.Runtime.InteropServices;

namespace Temperament.Tensors.Kernels;

/// <summary>The sixteen levels of NF4 where kernels can reach them by address. Dettmers et al. 2023, https://arxiv.org/abs/2305.14314.</summary>
internal static unsafe class Nf4Levels
{
    /// <summary>Sixteen floats, aligned to a cache line, for the life of the process.</summary>
    public static readonly float* Pointer = Copy();

    private static float* Copy()
    {
        ReadOnlySpan<float> levels =
        [
            -1.0f, -0.6961928009986877f, -0.5250730514526367f, -0.39491748809814453f, -0.28444138169288635f, -0.18477343022823334f,
            -0.09105003625154495f, 0.0f, 0.07958029955625534f, 0.16093020141124725f, 0.24611230194568634f, 0.33791524171829224f,
            0.44070982933044434f, 0.5626170039176941f, 0.7229568362236023f, 1.0f,
        ];
        float* memory = (float*)NativeMemory.AlignedAlloc(64, 64);
        levels.CopyTo(new Span<float>(memory, 16));
        return memory;
    }
}
