namespace Temperament.Tensors.Memory;

/// <summary>
/// One block of scratch memory from which tensors are cut in order and given back together. A forward pass resets it and takes its
/// activations again from the start, so a step allocates nothing once the block has grown to its size.
/// </summary>
public sealed class Arena : IDisposable
{
    // What did not fit into the block, with the level that each began at; freed as soon as that level is given back.
    private readonly Stack<(long Start, AlignedBuffer<float> Buffer)> _overflow = new();
    private AlignedBuffer<float> _block;
    private long _level;
    private long _peak;

    /// <summary>Makes an arena.</summary>
    /// <param name="floats">Number of floats that it can hold before it grows at the next <see cref="Reset"/>.</param>
    public Arena(long floats = 0)
    {
        _block = new AlignedBuffer<float>(floats);
    }

    /// <summary>Bytes that the arena holds.</summary>
    public long Bytes => _block.Bytes;

    /// <summary>Floats of the block that a tensor takes.</summary>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Number of columns.</param>
    public static long Spaced(int rows, int columns) => (((long)rows * columns) + 15) & ~15L;

    /// <summary>Cuts a tensor from the arena. Its content is what was there before.</summary>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Number of columns.</param>
    public Tensor Take(int rows, int columns)
    {
        // Starts are kept at a multiple of 16 floats, one cache line.
        long start = _level, end = start + Spaced(rows, columns);
        AlignedBuffer<float>? buffer = end > _block.Length ? new AlignedBuffer<float>((long)rows * columns) : null;
        _level = end;
        _peak = Math.Max(_peak, end);
        if (buffer is null)
        {
            return Tensor.Over(_block, start, rows, columns);
        }

        _overflow.Push((start, buffer));
        return Tensor.Over(buffer, 0, rows, columns);
    }

    /// <summary>The present fill, to go back to with <see cref="Release"/>.</summary>
    public long Mark() => _level;

    /// <summary>Takes back all that was cut since <paramref name="mark"/>.</summary>
    /// <param name="mark">What <see cref="Mark"/> gave.</param>
    public void Release(long mark)
    {
        while (_overflow.TryPeek(out (long Start, AlignedBuffer<float> Buffer) last) && last.Start >= mark)
        {
            _overflow.Pop().Buffer.Dispose();
        }

        _level = mark;
    }

    /// <summary>Takes everything back. Where the last round did not fit, the block grows to what that round wanted.</summary>
    public void Reset()
    {
        Release(0);
        if (_peak > _block.Length)
        {
            // The old block goes first: both together would be the peak of the run.
            _block.Dispose();
            _block = new AlignedBuffer<float>(0);
            _block = new AlignedBuffer<float>(_peak);
        }

        _peak = 0;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Release(0);
        _block.Dispose();
    }
}
