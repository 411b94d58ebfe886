using Temperament.Tensors.Threading;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Tensors.Threading;

public sealed unsafe class ComputePoolTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    public void Every_chunk_of_every_job_runs_once(int threads)
    {
        using var pool = new ComputePool(threads);
        int* counts = stackalloc int[64];
        for (int job = 0; job < 2000; job++)
        {
            int chunks = job % 65;
            new Span<int>(counts, 64).Clear();
            pool.Run(chunks, new Count(counts));
            for (int i = 0; i < 64; i++)
            {
                Assert.Equal(i < chunks ? 1 : 0, counts[i]);
            }
        }
    }

    [Fact]
    public void Workers_come_back_after_they_have_slept()
    {
        using var pool = new ComputePool(3);
        int* counts = stackalloc int[8];
        for (int job = 1; job <= 10; job++)
        {
            Thread.Sleep(job);
            pool.Run(8, new Count(counts));
            for (int i = 0; i < 8; i++)
            {
                Assert.Equal(job, counts[i]);
            }
        }
    }

    [Fact]
    public void A_worker_that_was_woken_may_run_wherever_its_caller_may()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux lets a thread be placed.");
        using var pool = new ComputePool(2);
        for (int pause = 0; pause < 5; pause++)
        {
            Thread.Sleep(15);
            pool.Run(2, default(Meet));
            Assert.Equal(Meet.Placements[0], Meet.Placements[1]);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void An_exception_of_a_chunk_reaches_the_caller_and_the_pool_goes_on(int threads)
    {
        using var pool = new ComputePool(threads);
        int* counts = stackalloc int[64];
        for (int round = 0; round < 100; round++)
        {
            InvalidOperationException thrown = Assert.Throws<InvalidOperationException>(() => pool.Run(40, new Fail(round % 40)));
            Assert.Equal($"chunk {round % 40}", thrown.Message);
        }

        pool.Run(64, new Count(counts));
        Assert.All(new Span<int>(counts, 64).ToArray(), count => Assert.Equal(1, count));
    }

    [Fact]
    public void A_job_allocates_nothing()
    {
        using var pool = new ComputePool(2);
        int* counts = stackalloc int[64];
        ManagedHeap.AssertUntouched(() =>
        {
            for (int i = 0; i < 100; i++)
            {
                pool.Run(64, new Count(counts));
            }
        });
    }

    [Fact]
    public void A_job_on_threads_sees_each_thread_number_once_at_a_time()
    {
        using var pool = new ComputePool(4);
        int* busy = stackalloc int[5];
        for (int job = 0; job < 500; job++)
        {
            pool.RunOnThreads(32, new Occupy(busy));
        }

        Assert.Equal(0, busy[4]);
    }

    // Each chunk waits for the other one, so that both threads take part, and writes down where the system may run its thread.
    private readonly struct Meet : IParallelJob
    {
        private static int _came;

        public static string[] Placements { get; } = ["", ""];

        public void Run(int chunk)
        {
            int round = (Interlocked.Increment(ref _came) + 1) / 2;
            while (Volatile.Read(ref _came) < 2 * round)
            {
                Thread.Yield();
            }

            Placements[chunk] = File.ReadLines("/proc/thread-self/status").First(line => line.StartsWith("Cpus_allowed:", StringComparison.Ordinal));
        }
    }

    private readonly struct Count(int* counts) : IParallelJob
    {
        public void Run(int chunk) => Interlocked.Increment(ref counts[chunk]);
    }

    private readonly struct Fail(int failing) : IParallelJob
    {
        public void Run(int chunk)
        {
            if (chunk == failing)
            {
                throw new InvalidOperationException($"chunk {chunk}");
            }
        }
    }

    // Slot 4 counts how often a number was in use twice or out of range.
    private readonly struct Occupy(int* busy) : IThreadJob
    {
        public void Run(int chunk, int thread)
        {
            if ((uint)thread >= 4 || Interlocked.Exchange(ref busy[thread], 1) != 0)
            {
                Interlocked.Increment(ref busy[4]);
                return;
            }

            Thread.SpinWait(5);
            Volatile.Write(ref busy[thread], 0);
        }
    }
}
