using System.Runtime.InteropServices;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Quantization;

namespace Temperament.Tests.Support;

/// <summary>Tensors that begin some bytes beyond the start of a cache line, as those of a mapped file or a slice may.</summary>
/// <param name="bytes">Bytes beyond it; need not be a multiple of four.</param>
public sealed unsafe class DisplacedMemory(int bytes) : IDisposable
{
    private readonly List<nint> _parts = [];

    /// <summary>A tensor of the given numbers.</summary>
    public Tensor Tensor(double[] values, int rows, int columns)
    {
        Tensor tensor = Filled(rows, columns, 0);
        for (int i = 0; i < values.Length; i++)
        {
            tensor[i / columns, i % columns] = (float)values[i];
        }

        return tensor;
    }

    /// <summary>A tensor of one number.</summary>
    public Tensor Filled(int rows, int columns, float value)
    {
        var tensor = new Tensor(null, (float*)Take((nuint)rows * (nuint)columns * sizeof(float)), rows, columns, columns);
        tensor.Span.Fill(value);
        return tensor;
    }

    /// <summary>The upper halves of some numbers.</summary>
    public Bf16Matrix Bf16(double[] values, int rows, int columns)
    {
        ushort* start = (ushort*)Take((nuint)values.Length * sizeof(ushort));
        for (int i = 0; i < values.Length; i++)
        {
            start[i] = (ushort)(BitConverter.SingleToUInt32Bits((float)values[i]) >> 16);
        }

        return new Bf16Matrix(start, rows, columns);
    }

    public void Dispose()
    {
        foreach (nint part in _parts)
        {
            NativeMemory.AlignedFree((void*)part);
        }

        _parts.Clear();
    }

    private byte* Take(nuint size)
    {
        void* part = NativeMemory.AlignedAlloc(size + (nuint)bytes + 64, 64);
        _parts.Add((nint)part);
        return (byte*)part + bytes;
    }
}
