using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Temperament.Tensors.Quantization;

namespace Temperament.Tensors.Kernels;

/// <summary>Reads NF4 weights along an output whose blocks may run over row ends: level[code] * scale of the block, rounded once.</summary>
internal static unsafe class Nf4Weights
{
    /// <summary>Weights (output, input) .. (output, input + 15); lanes beyond the end of the row are of no meaning.</summary>
    /// <param name="view">Weights in the order of the flattened matrix.</param>
    /// <param name="words">The word of the first one.</param>
    /// <param name="output">Row.</param>
    /// <param name="input">First column; a multiple of 16.</param>
    /// <param name="levels"><see cref="Nf4Tables.Levels"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load16(in Nf4View view, uint* words, int output, int input, float* levels)
    {
        // Sixteen weights touch two blocks at most.
        long index = ((long)output * view.Inputs) + input, block = index / Nf4Matrix.BlockSize, second = Math.Min(block + 1, view.Blocks - 1);
        Vector512<int> position = Vector512.Create((int)(index % Nf4Matrix.BlockSize)) + Vector512<int>.Indices;
        Vector512<float> scales = Vector512.ConditionalSelect(
            Vector512.LessThan(position, Vector512.Create(Nf4Matrix.BlockSize)).AsSingle(),
            Vector512.Create(view.Scale(block, view.ScaleAt(block))),
            Vector512.Create(view.Scale(second, view.ScaleAt(second))));
        return Nf4Lookup.Levels(Nf4Lookup.Row(words), levels) * scales;
    }
}
