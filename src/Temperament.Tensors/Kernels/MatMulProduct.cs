using Temperament.Tensors.Quantization;

namespace Temperament.Tensors.Kernels;

/// <summary>
/// C (M, N) = [C +] A (M, K) B (K, N) over bare memory: the one form that the three products of a linear layer take.
/// The names M, N, K are those of this product, not of the layer.
/// </summary>
internal unsafe struct MatMulProduct
{
    /// <summary>Rows of C.</summary>
    public int M;

    /// <summary>Columns of C.</summary>
    public int N;

    /// <summary>Contracted depth.</summary>
    public int K;

    /// <summary>A; element (m, k) is at m * AStride + k, or at k * AStride + m where <see cref="TransposedA"/>.</summary>
    public float* A;

    /// <summary>Floats between two stored rows of A.</summary>
    public nint AStride;

    /// <summary>True where the stored rows of A are its columns.</summary>
    public bool TransposedA;

    /// <summary>B in float32; element (k, n) is at k * BStride + n, or at n * BStride + k where <see cref="TransposedB"/>. Null for the other formats.</summary>
    public float* B;

    /// <summary>B in bfloat16, laid out as <see cref="B"/>; null for the other formats.</summary>
    public ushort* Halves;

    /// <summary>Weights between two stored rows of B.</summary>
    public nint BStride;

    /// <summary>True where the stored rows of B are its columns.</summary>
    public bool TransposedB;

    /// <summary>B in NF4: of outputs and inputs, one is its depth and the other its columns, as <see cref="TransposedB"/> says. Empty for the other formats.</summary>
    public Nf4View Nf4;

    /// <summary>B in a block format, as <see cref="Nf4"/>. Empty for the other formats.</summary>
    public BlockView Blocks;

    /// <summary>True where each number of B stands alone: float32 or bfloat16.</summary>
    public readonly bool IsPlain => Nf4.Words is null && Blocks.Words is null;

    /// <summary>NF4 codes of B; null for the other formats.</summary>
    public readonly uint* Codes => Nf4.Words;

    /// <summary>C.</summary>
    public float* C;

    /// <summary>Floats between two rows of C.</summary>
    public nint CStride;

    /// <summary>True to start each sum from C instead of zero.</summary>
    public bool Accumulate;
}
