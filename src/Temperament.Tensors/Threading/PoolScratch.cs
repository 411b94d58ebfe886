using Temperament.Tensors.Memory;

namespace Temperament.Tensors.Threading;

/// <summary>Scratch memory that grows to what its users asked for and is then reused.</summary>
internal sealed unsafe class PoolScratch : IDisposable
{
    // Beyond 64 KiB it is taken in pieces of 2 MiB, which the system can back with one page each.
    private const long SmallFloats = 1 << 14;
    private const long HugePageFloats = 1 << 19;

    private AlignedBuffer<float>? _buffer;

    /// <summary>Memory for <paramref name="floats"/> numbers of unknown content; what was handed out before is no longer valid.</summary>
    public float* Take(long floats)
    {
        if (_buffer is null || _buffer.Length < floats)
        {
            _buffer?.Dispose();
            _buffer = null;
            long pages = (floats + HugePageFloats - 1) / HugePageFloats;
            _buffer = new AlignedBuffer<float>(floats > SmallFloats ? pages * HugePageFloats : floats);
        }

        return _buffer.Pointer;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _buffer?.Dispose();
        _buffer = null;
    }
}
