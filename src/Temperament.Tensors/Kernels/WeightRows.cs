using System.Runtime.Intrinsics;

namespace Temperament.Tensors.Kernels;

/// <summary>Rows of numbers that read as float32, however they are stored.</summary>
internal interface IWeightRows
{
    /// <summary>Sixteen neighbours in a row.</summary>
    Vector512<float> Load16(int row, int column);

    /// <summary>One number.</summary>
    float Load(int row, int column);
}
