using System.Runtime.InteropServices;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Quantization;

namespace Temperament.Tests.Support;

/// <summary>
/// Tensors whose last number ends at a page that nobody may touch, with another such page before the first: a kernel that reads or writes
/// beside its tensors stops the process. On systems without mmap they are ordinary tensors.
/// </summary>
public sealed unsafe partial class GuardedMemory : IDisposable
{
    private const int NoAccess = 0, ReadWrite = 3, PrivateAnonymous = 0x22;

    private readonly List<(nint Address, nuint Bytes)> _maps = [];

    /// <summary>A tensor of the given numbers; rows are <paramref name="gap"/> NaNs apart.</summary>
    public Tensor Tensor(double[] values, int rows, int columns, int gap = 0)
    {
        Tensor tensor = Filled(rows, columns, 0, gap);
        for (int i = 0; i < values.Length; i++)
        {
            tensor[i / columns, i % columns] = (float)values[i];
        }

        return tensor;
    }

    /// <summary>A vector.</summary>
    public Tensor Row(double[] values) => Tensor(values, 1, values.Length);

    /// <summary>A tensor of one number.</summary>
    public Tensor Filled(int rows, int columns, float value, int gap = 0)
    {
        long floats = rows == 0 ? 0 : ((long)(rows - 1) * (columns + gap)) + columns;
        float* start = (float*)Map((nuint)floats * sizeof(float));
        new Span<float>(start, (int)floats).Fill(float.NaN);
        var tensor = new Tensor(null, start, rows, columns, columns + gap);
        for (int r = 0; r < rows; r++)
        {
            tensor.Row(r).Fill(value);
        }

        return tensor;
    }

    /// <summary>A bfloat16 matrix of numbers that it holds exactly.</summary>
    public Bf16Matrix Bf16(float[,] values)
    {
        int rows = values.GetLength(0), columns = values.GetLength(1);
        ushort* start = (ushort*)Map((nuint)rows * (nuint)columns * sizeof(ushort));
        var matrix = new Bf16Matrix(start, rows, columns);
        for (int r = 0; r < rows; r++)
        {
            for (int c = 0; c < columns; c++)
            {
                matrix.Row(r)[c] = (ushort)(BitConverter.SingleToUInt32Bits(values[r, c]) >> 16);
            }
        }

        return matrix;
    }

    public void Dispose()
    {
        foreach ((nint address, nuint bytes) in _maps)
        {
            if (OperatingSystem.IsLinux())
            {
                _ = munmap(address, bytes);
            }
            else
            {
                NativeMemory.Free((void*)address);
            }
        }

        _maps.Clear();
    }

    private byte* Map(nuint used)
    {
        if (!OperatingSystem.IsLinux())
        {
            void* memory = NativeMemory.Alloc(used + 64);
            _maps.Add(((nint)memory, 0));
            return (byte*)memory;
        }

        nuint page = (nuint)Environment.SystemPageSize;
        nuint inner = (used + page - 1) / page * page, all = inner + (2 * page);
        nint map = mmap(0, all, NoAccess, PrivateAnonymous, -1, 0);
        if (map == -1 || (inner > 0 && mprotect(map + (nint)page, inner, ReadWrite) != 0))
        {
            throw new InvalidOperationException($"mmap of {all} bytes: error {Marshal.GetLastPInvokeError()}");
        }

        _maps.Add((map, all));
        return (byte*)(map + (nint)page + (nint)(inner - used));
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint mmap(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int mprotect(nint address, nuint length, int protection);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int munmap(nint address, nuint length);
}
