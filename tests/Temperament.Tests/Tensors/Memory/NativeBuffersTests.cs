using System.Runtime.CompilerServices;
using Temperament.Tensors.Diagnostics;
using Temperament.Tensors.Memory;
using Xunit;

namespace Temperament.Tests.Tensors.Memory;

/// <summary>Counts are read while no other test runs beside them.</summary>
[CollectionDefinition(nameof(NativeBuffersTests), DisableParallelization = true)]
[Collection(nameof(NativeBuffersTests))]
public sealed class NativeBuffersTests
{
    [Fact]
    public void Owners_that_are_disposed_leave_nothing_behind()
    {
        long before = Settle();
        UseAndDispose();

        Assert.Equal(before, Settle());
    }

    [Fact]
    public void A_forgotten_owner_is_freed_by_its_finalizer()
    {
        long before = Settle();
        Forget();

        Assert.Equal(before, Settle());
    }

    [Fact]
    public void A_view_keeps_its_owner_alive()
    {
        Tensor view = Tensor.Zeros(2, 3).SliceRows(1, 1);
        long before = Settle();

        view[0, 2] = 5;

        Assert.Equal(before, NativeBuffers.Outstanding);
        Assert.Equal([0f, 0f, 5f], view.Row(0).ToArray());
        view.KeepAlive();
    }

    // A block that is freed raises the size below which glibc keeps blocks in its heap, and one block that lives keeps all before it there.
    [Fact]
    public void What_is_freed_goes_back_to_the_system()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux says how much memory is resident");
        const int Block = 1 << 20, Blocks = 64;
        new AlignedBuffer<byte>(8 * Block).Dispose();
        long before = PeakMemory.Now;
        AlignedBuffer<byte>[] many = [.. Enumerable.Range(0, Blocks).Select(_ => new AlignedBuffer<byte>(Block))];
        using var living = new AlignedBuffer<byte>(Block);
        long full = PeakMemory.Now;
        Array.ForEach(many, buffer => buffer.Dispose());

        Assert.True(full - before >= Blocks * (long)Block / 2, $"{full - before} bytes were taken");
        Assert.InRange(PeakMemory.Now - before, long.MinValue, Blocks * (long)Block / 4);
    }

    [Fact]
    public void A_disposed_buffer_refuses_to_be_read()
    {
        var buffer = new AlignedBuffer<int>(4);
        buffer.Dispose();

        Assert.Throws<ObjectDisposedException>(() => buffer.Span(0, 1)[0]);
    }

    [Fact]
    public void Memory_is_zeroed_and_aligned()
    {
        using var small = new AlignedBuffer<float>(33);
        using var large = new AlignedBuffer<byte>(3 << 20);
        unsafe
        {
            Assert.Equal(0, (nint)small.Pointer % 64);
            Assert.Equal(0, (nint)large.Pointer % (2 << 20));
        }

        Assert.Equal(new float[33], small.Span(0, 33).ToArray());
        Assert.Equal(-1, large.Span(0, 3 << 20).IndexOfAnyExcept((byte)0));
    }

    [Fact]
    public void More_memory_than_there_is_throws_and_leaves_nothing_behind()
    {
        long before = Settle(), bytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes + 1;

        TensorMemoryException thrown = Assert.Throws<TensorMemoryException>(() => new AlignedBuffer<byte>(bytes));

        Assert.Equal(bytes, thrown.Asked);
        Assert.InRange(thrown.Available, 1, bytes - 1);
        Assert.Contains($"{bytes:N0} bytes", thrown.Message, StringComparison.Ordinal);
        Assert.Contains($"{thrown.Available:N0} bytes are free", thrown.Message, StringComparison.Ordinal);
        Assert.Equal(before, Settle());
    }

    [Fact]
    public void A_size_beyond_all_memory_is_refused_and_the_next_tensor_is_had()
    {
        long before = Settle();

        TensorMemoryException thrown = Assert.Throws<TensorMemoryException>(() => Tensor.Zeros(int.MaxValue, int.MaxValue / 2));

        Assert.Equal(4L * int.MaxValue * (int.MaxValue / 2), thrown.Asked);
        Assert.Equal(long.MaxValue, Assert.Throws<TensorMemoryException>(() => new AlignedBuffer<double>(long.MaxValue)).Asked);
        using (var next = new AlignedBuffer<float>(1 << 20))
        {
            Assert.Equal(-1, next.Span(0, 1 << 20).IndexOfAnyExcept(0f));
        }

        Assert.Equal(before, Settle());
    }

    [Fact]
    public void An_arena_that_cannot_grow_goes_on_with_what_it_had()
    {
        long before = Settle();
        using (var arena = new Arena(64))
        {
            arena.Take(4, 8).Span.Fill(3);

            Assert.Throws<TensorMemoryException>(() => arena.Take(int.MaxValue, int.MaxValue / 2));
            arena.Reset();

            Assert.Equal(3f, arena.Take(4, 8)[3, 7]);
        }

        Assert.Equal(before, Settle());
    }

    private static long Settle()
    {
        for (int i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        return NativeBuffers.Outstanding;
    }

    // In methods of their own, so that no forgotten local keeps an owner alive.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void UseAndDispose()
    {
        for (int i = 0; i < 10; i++)
        {
            using var buffer = new AlignedBuffer<float>(1000);
            using var arena = new Arena();
            arena.Take(10, 10);
            arena.Reset();
            arena.Take(10, 10);
            buffer.Dispose();
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Forget()
    {
        Tensor forgotten = Tensor.Zeros(10, 10);
        forgotten.Row(0).Clear();
        forgotten.KeepAlive();
    }
}
