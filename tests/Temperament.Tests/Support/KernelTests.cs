using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;
using Xunit;

namespace Temperament.Tests.Support;

/// <summary>What the tests of a kernel need: two threads, guarded memory, and the checks that every kernel must pass.</summary>
public abstract class KernelTests : IDisposable
{
    private readonly ComputePool _pool = new(2);
    private readonly GuardedMemory _memory = new();

    /// <summary>Rows and widths on both sides of one vector, of two, of the 64 lanes of a sum, and beyond.</summary>
    public static TheoryData<int, int> Shapes()
    {
        var data = new TheoryData<int, int>();
        int[] widths = [1, 2, 3, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 257];
        for (int i = 0; i < widths.Length; i++)
        {
            data.Add(1 + (i % 3), widths[i]);
        }

        return data;
    }

    public void Dispose()
    {
        _pool.Dispose();
        _memory.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected ComputePool Pool => _pool;

    private protected GuardedMemory Memory => _memory;

    /// <summary>The bits of what <paramref name="run"/> gives must be the same on 1, 2, 3 and 8 threads.</summary>
    private protected static void AssertSameOnAnyNumberOfThreads(Func<ComputePool, Tensor> run)
    {
        float[]? first = null;
        foreach (int threads in new[] { 1, 2, 3, 8 })
        {
            using var pool = new ComputePool(threads);
            float[] result = Values(run(pool));
            first ??= result;
            AssertBits(first, result);
        }
    }

    /// <summary>A second call of <paramref name="run"/> must not use the managed heap.</summary>
    private protected static void AssertAllocatesNothing(Action run) => ManagedHeap.AssertUntouched(run);

    private protected static void AssertBits(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            if (BitConverter.SingleToInt32Bits(expected[i]) != BitConverter.SingleToInt32Bits(actual[i]))
            {
                Assert.Fail($"element {i}: {expected[i]:r} was expected, {actual[i]:r} came");
            }
        }
    }

    /// <summary>The numbers of a tensor, row by row.</summary>
    private protected static float[] Values(Tensor tensor)
    {
        var values = new float[tensor.Count];
        for (int r = 0; r < tensor.Rows; r++)
        {
            tensor.Row(r).CopyTo(values.AsSpan(r * tensor.Columns));
        }

        return values;
    }

    /// <summary>One word that depends on every bit of a tensor (FNV-1a). Golden words are equal on every instruction set.</summary>
    private protected static uint Word(params Tensor[] tensors)
    {
        uint word = 2166136261;
        foreach (Tensor tensor in tensors)
        {
            foreach (float value in Values(tensor))
            {
                word = (word ^ BitConverter.SingleToUInt32Bits(value)) * 16777619;
            }
        }

        return word;
    }
}
