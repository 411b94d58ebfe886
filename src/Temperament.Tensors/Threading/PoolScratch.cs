using Temperament.Tensors.Memory;

namespace Temperament.Tensors.Threading;

/// <summary>Scratch memory that grows to what its users asked for and is then reused.</summary>
internal sealed unsafe class PoolScratch : IDisposable
{
    private AlignedBuffer<float>? _buffer;

    /// <summary>Memory for <paramref name="floats"/> numbers of unknown content; what was handed out before is no longer valid.</summary>
    public float* Take(long floats)
    {
        if (_buffer is null || _buffer.Length < floats)
        {
            _buffer?.Dispose();
            _buffer = null;
            _buffer = new AlignedBuffer<float>(floats);
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
