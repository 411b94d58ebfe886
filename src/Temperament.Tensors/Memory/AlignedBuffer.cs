using System.Runtime.InteropServices;

namespace Temperament.Tensors.Memory;

/// <summary>
/// Native memory with one owner, zeroed unless asked for otherwise, aligned to a cache line (64 bytes), or to 2 MiB when it is large enough for huge pages.
/// Every live buffer is counted, so that a test can prove that nothing leaked.
/// </summary>
/// <typeparam name="T">Type of the elements.</typeparam>
public sealed unsafe class AlignedBuffer<T> : IDisposable
    where T : unmanaged
{
    private const nuint HugePage = 2 << 20;
    private nint _pointer;

    /// <summary>Allocates <paramref name="length"/> zeroed elements.</summary>
    /// <param name="length">Number of elements; 0 is allowed.</param>
    /// <exception cref="TensorMemoryException">The memory could not be had.</exception>
    public AlignedBuffer(long length)
        : this(length, clears: true)
    {
    }

    private AlignedBuffer(long length, bool clears)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Length = length;
        NativeBuffers.ThrowIfNoRoom(length <= long.MaxValue / sizeof(T) ? length * sizeof(T) : long.MaxValue);
        nuint bytes = (nuint)length * (nuint)sizeof(T), alignment = bytes >= HugePage ? HugePage : 64;
        _ = LargeBlocks.AreMapped;
        try
        {
            _pointer = (nint)NativeMemory.AlignedAlloc(Math.Max(bytes, 64), alignment);
        }
        catch (OutOfMemoryException e)
        {
            throw new TensorMemoryException((long)bytes, NativeBuffers.Available, e);
        }

        if (bytes >= HugePage)
        {
            HugePages.Advise(_pointer, bytes);
        }

        if (clears)
        {
            NativeMemory.Clear((void*)_pointer, bytes);
        }

        Bytes = (long)bytes;
        GC.AddMemoryPressure(Math.Max(1, Bytes));
        Interlocked.Increment(ref NativeBuffers.Count);
    }

    /// <summary>
    /// Allocates elements that hold whatever was there, for a caller who writes all of them at once: the threads that do so then touch the memory
    /// first, each its own part.
    /// </summary>
    /// <param name="length">Number of elements; 0 is allowed.</param>
    /// <exception cref="TensorMemoryException">The memory could not be had.</exception>
    public static AlignedBuffer<T> Unset(long length) => new(length, clears: false);

    /// <summary>Frees the memory if the owner forgot to.</summary>
    ~AlignedBuffer() => Free();

    /// <summary>Number of elements.</summary>
    public long Length { get; }

    /// <summary>Size in bytes.</summary>
    public long Bytes { get; }

    /// <summary>True once the memory was given back.</summary>
    public bool IsDisposed => _pointer == 0;

    /// <summary>Address of the first element; valid until <see cref="Dispose"/>.</summary>
    public T* Pointer
    {
        get
        {
            ObjectDisposedException.ThrowIf(_pointer == 0, this);
            return (T*)_pointer;
        }
    }

    /// <summary>A part of the buffer as a span; the caller keeps the owner alive while it is used.</summary>
    /// <param name="start">First element.</param>
    /// <param name="length">Number of elements.</param>
    public Span<T> Span(long start, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, Length - length);
        return new Span<T>(Pointer + start, length);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        nint pointer = Interlocked.Exchange(ref _pointer, 0);
        if (pointer != 0)
        {
            NativeMemory.AlignedFree((void*)pointer);
            GC.RemoveMemoryPressure(Math.Max(1, Bytes));
            Interlocked.Decrement(ref NativeBuffers.Count);
        }
    }
}
