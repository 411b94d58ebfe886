using Temperament.Tensors.Memory;

namespace Temperament.Tensors.Kernels;

/// <summary>The bare address and shape of a tensor, for jobs; the kernel that made it keeps the tensor alive.</summary>
internal readonly unsafe struct RowView
{
    private readonly float* _data;
    private readonly int _stride;

    public RowView(Tensor tensor)
    {
        _data = tensor.Data;
        _stride = tensor.Stride;
        Rows = tensor.Rows;
        Columns = tensor.Columns;
    }

    public int Rows { get; }

    public int Columns { get; }

    public int Stride => _stride;

    public bool IsEmpty => _data is null;

    public float* Row(int row) => _data + ((long)row * _stride);

    public float* At(int row, int column) => Row(row) + column;
}
