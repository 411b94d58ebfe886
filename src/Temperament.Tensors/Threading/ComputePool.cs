using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.Intrinsics.X86;
using Temperament.Tensors.Diagnostics;

namespace Temperament.Tensors.Threading;

/// <summary>
/// Runs the chunks of a job on the calling thread and a fixed set of workers. How a loop is cut into chunks is the caller's choice and
/// never depends on the number of threads, so a result does not either. One thread at a time may call <see cref="Run"/>.
/// </summary>
/// <remarks>
/// Each thread takes its own range of consecutive chunks from the front, so that it finds in its cache what it wrote in the last job, and then
/// steals from the back of the others. A job ends when its chunks are done, not when every worker has answered: a worker that the
/// system does not let run holds nobody up. A worker spins for a moment after its last job, then offers its processor to others for some
/// milliseconds, and then sleeps on an event: a chain of kernels starts in well under a microsecond, a job after a short pause in a few, and
/// an idle process uses no processor time. The job stays on the caller's stack: nothing is allocated.
/// </remarks>
public sealed unsafe class ComputePool : IDisposable
{
    // About 100 microseconds: longer than the gap between two kernels, too short to hurt a neighbour.
    private const int Spins = 3000;

    // After every few microseconds of spinning the processor is offered to who else waits for it: to the thread that has the next job,
    // if the system has put both on one processor, or to another process.
    private const int SpinsBetweenYields = 64;

    // After a pause that is longer than the spinning a worker sleeps, and to wake it takes 50 microseconds and more. The pauses between
    // steps of training or tokens of a talk are shorter than this; a process that has nothing to do burns this much once.
    private static readonly long PatientTicks = Stopwatch.Frequency * 8 / 1000;

    // Two cache lines of longs, the unit in which processors fetch lines that other cores write.
    private const int Apart = 16;

    // The board: the chunks that workers have done, then three pairs of lines for each thread: its range with the job and the number of the job, which is
    // all that a start writes; whether it sleeps; and what the thread keeps for itself.
    private const int Done = 0, Range = Apart, Job = Range + 1, Entry = Range + 2, Generation = Range + 3, Asleep = 2 * Apart, Notes = 3 * Apart, Each = 3 * Apart;

    // What the caller keeps: a field of the pool would share its line with those that a waiting worker reads all the time.
    private const int Jobs = Notes + 2, DoneBefore = Notes + 3, Loans = Notes + 4;
    private const int LineBytes = 64, LinesOfJob = 4;

    private readonly Thread[] _workers;
    private readonly AutoResetEvent[] _wake;
    private readonly int[] _numbers;
    private readonly long[] _memory;
    private readonly long* _board;
    private readonly bool _patient;
    private readonly PoolScratch _sharedScratch = new();
    private readonly PoolScratch _resultScratch = new();
    private readonly PoolScratch _threadScratch = new();
    private int _waker;
    private volatile Exception? _failure;
    private volatile bool _stopping;

    /// <summary>Starts a pool.</summary>
    /// <param name="threads">Number of threads, the caller included.</param>
    public ComputePool(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        Threads = threads;
        _workers = new Thread[threads - 1];
        _wake = new AutoResetEvent[threads - 1];
        _numbers = new int[threads - 1];
        _memory = GC.AllocateArray<long>((2 * Apart) + (threads * Each), pinned: true);
        _board = (long*)(((nint)Unsafe.AsPointer(ref _memory[0]) + (Apart * sizeof(long)) - 1) & -(nint)(Apart * sizeof(long)));

        // Where threads share a processor, one that waits would take it from one that works.
        _patient = threads <= Environment.ProcessorCount;
        for (int i = 0; i < _workers.Length; i++)
        {
            int index = i;
            _wake[i] = new AutoResetEvent(false);
            _workers[i] = new Thread(() => Work(index)) { IsBackground = true, Name = $"temper compute {i + 1}" };
            _workers[i].Start();
        }
    }

    /// <summary>Number of threads, the caller included.</summary>
    public int Threads { get; }

    /// <summary>Counts the time of every job; null, which it is at first, for none.</summary>
    public KernelClock? Clock { get; set; }

    /// <summary>Runs <paramref name="job"/> for chunks 0 to <paramref name="chunks"/> - 1 and returns when all are done.</summary>
    /// <param name="chunks">Number of chunks.</param>
    /// <param name="job">The work; copied to the stack of the caller.</param>
    /// <typeparam name="TJob">An unmanaged struct, so that nothing is boxed or captured.</typeparam>
    /// <exception cref="Exception">The first exception that a chunk threw, after all threads have stopped working on the job.</exception>
    public void Run<TJob>(int chunks, TJob job)
        where TJob : unmanaged, IParallelJob
    {
        if (_workers.Length == 0 || chunks <= 1)
        {
            RunHere(chunks, job);
            return;
        }

        long start = Clock is null ? 0 : Stopwatch.GetTimestamp();
        Start(chunks, &job, &Invoke<TJob>);
        Clock?.Add<TJob>(start);
    }

    /// <summary>As <see cref="Run"/>, on the calling thread alone: for work that is done before another thread would have noticed it.</summary>
    internal void RunHere<TJob>(int chunks, TJob job)
        where TJob : unmanaged, IParallelJob
    {
        long start = Clock is null ? 0 : Stopwatch.GetTimestamp();
        for (int i = 0; i < chunks; i++)
        {
            job.Run(i);
        }

        Clock?.Add<TJob>(start);
    }

    /// <summary>As <see cref="Run"/>, for a job that uses scratch memory of its thread.</summary>
    internal void RunOnThreads<TJob>(int chunks, TJob job)
        where TJob : unmanaged, IThreadJob
    {
        if (_workers.Length == 0 || chunks <= 1)
        {
            RunOnCaller(chunks, job);
            return;
        }

        long start = Clock is null ? 0 : Stopwatch.GetTimestamp();
        Start(chunks, &job, &InvokeOnThread<TJob>);
        Clock?.Add<TJob>(start);
    }

    /// <summary>As <see cref="RunHere"/>, for a job that uses scratch memory of its thread.</summary>
    internal void RunOnCaller<TJob>(int chunks, TJob job)
        where TJob : unmanaged, IThreadJob
    {
        long start = Clock is null ? 0 : Stopwatch.GetTimestamp();
        for (int i = 0; i < chunks; i++)
        {
            job.Run(i, 0);
        }

        Clock?.Add<TJob>(start);
    }

    /// <summary>Memory that the threads share, valid until the next call.</summary>
    internal float* SharedScratch(long floats) => _sharedScratch.Take(floats);

    /// <summary>More memory that the threads share, for what outlives a use of <see cref="SharedScratch"/>; valid until the next call.</summary>
    internal float* ResultScratch(long floats) => _resultScratch.Take(floats);

    /// <summary>Memory for each thread, valid until the next call.</summary>
    internal ThreadScratch ThreadScratch(long floatsPerThread)
    {
        // Whole pages and a line: the parts of two threads share neither a page nor the sets of the caches.
        long part = ((floatsPerThread + 1023) & ~1023L) + 16;
        return new ThreadScratch(_threadScratch.Take(part * Threads), part, _board + Notes, Each, ++_board[Loans]);
    }

    /// <summary>Stops the workers.</summary>
    public void Dispose()
    {
        _stopping = true;
        for (int i = 0; i < _workers.Length; i++)
        {
            _wake[i].Set();
            _workers[i].Join();
            _wake[i].Dispose();
        }

        _sharedScratch.Dispose();
        _resultScratch.Dispose();
        _threadScratch.Dispose();
    }

    private static void Invoke<TJob>(void* job, int chunk, int thread)
        where TJob : unmanaged, IParallelJob => Unsafe.AsRef<TJob>(job).Run(chunk);

    private static void InvokeOnThread<TJob>(void* job, int chunk, int thread)
        where TJob : unmanaged, IThreadJob => Unsafe.AsRef<TJob>(job).Run(chunk, thread);

    // Each line that one thread wrote and another one reads is a trip between two processors, a tenth to some tenths of a microsecond, and what the caller
    // stores afterwards waits for those trips. So a thread finds all it needs on a line of its own, which is written once a job, and nothing waits for a
    // line that it need not have: the caller begins before anybody has answered.
    private void Start(int chunks, void* job, delegate*<void*, int, int, void> invoke)
    {
        if (_failure is not null)
        {
            _failure = null;
        }

        // The caller's first chunk is its own from the start. The job stands before the range: it is read only after a chunk of that range was won.
        int done = chunks / Threads > 0 ? 1 : 0;
        long number = ++_board[Jobs];
        for (int thread = 0; thread < Threads; thread++)
        {
            long first = (long)chunks * thread / Threads, end = (long)chunks * (thread + 1) / Threads;
            long* line = _board + (thread * Each);
            line[Job] = (long)job;
            line[Entry] = (long)invoke;
            Volatile.Write(ref line[Range], (end << 32) | (thread == 0 ? first + done : first));
            Volatile.Write(ref line[Generation], number);
        }

        WakeSleepers();
        if (done > 0)
        {
            Invoke(0, 0, 0);
        }

        // The fence comes when it has nothing to wait for any more. A worker that fell asleep meanwhile, and saw no job, is seen now.
        Interlocked.MemoryBarrier();
        WakeSleepers();

        for (int owner = 0; owner < Threads; owner++)
        {
            done += Drain(owner, 0);
        }

        long wanted = _board[DoneBefore] + chunks - done;
        for (int spins = 1; Volatile.Read(ref _board[Done]) != wanted; spins++)
        {
            Spin(spins);
        }

        _board[DoneBefore] = wanted;
        if (_failure is Exception failure)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    private void WakeSleepers()
    {
        for (int i = 0; i < _workers.Length; i++)
        {
            ref long asleep = ref _board[Asleep + ((i + 1) * Each)];
            if (Volatile.Read(ref asleep) != 0 && Interlocked.Exchange(ref asleep, 0) != 0)
            {
                _waker = ThreadPlacement.CurrentThread();
                ThreadPlacement.KeepAway(_numbers[i]);
                _wake[i].Set();
            }
        }
    }

    private static void Spin(int spins)
    {
        if (spins % SpinsBetweenYields == 0)
        {
            Thread.Yield();
        }
        else
        {
            Thread.SpinWait(1);
        }
    }

    // Runs what is left of a range; its own from the front, that of another thread from the back.
    private int Drain(int owner, int thread)
    {
        int done = 0;
        for (int chunk = Claim(owner, owner == thread); chunk >= 0; chunk = Claim(owner, owner == thread))
        {
            Invoke(owner, chunk, thread);
            done++;
        }

        return done;
    }

    // A range is its end in the high half and its first chunk in the low half. Whoever exchanges the word has won a chunk of the job that is
    // now running, even if the word that was read belonged to an earlier job and looked the same.
    private int Claim(int owner, bool front)
    {
        ref long range = ref _board[Range + (owner * Each)];
        while (true)
        {
            long seen = Volatile.Read(ref range);
            int first = (int)seen, end = (int)(seen >> 32);
            if (first >= end)
            {
                return -1;
            }

            long rest = front ? seen + 1 : seen - (1L << 32);
            if (Interlocked.CompareExchange(ref range, rest, seen) == seen)
            {
                return front ? first : end - 1;
            }
        }
    }

    private void Invoke(int owner, int chunk, int thread)
    {
        if (_failure is not null)
        {
            return;
        }

        try
        {
            long* line = _board + (owner * Each);
            ((delegate*<void*, int, int, void>)line[Entry])((void*)line[Job], chunk, thread);
        }
        catch (Exception e)
        {
            Interlocked.CompareExchange(ref _failure, e, null);
        }
    }

    private void Work(int index)
    {
        long seen = 0;
        _numbers[index] = ThreadPlacement.CurrentThread();
        while (!_stopping)
        {
            int spins = 0;
            while (IsWaiting(index, seen))
            {
                if (spins++ < Spins)
                {
                    Spin(spins);
                    continue;
                }

                if (_patient)
                {
                    Linger(index, seen);
                }

                Sleep(index, seen);
                spins = 0;
            }

            seen = Volatile.Read(ref _board[Generation + ((index + 1) * Each)]);
            Help(index + 1);
        }
    }

    private bool IsWaiting(int index, long seen) => Volatile.Read(ref _board[Generation + ((index + 1) * Each)]) == seen && !_stopping;

    // The job comes while its first chunk is won, and what was done of one range is said before another one is looked at.
    private void Help(int thread)
    {
        if (Sse.IsSupported)
        {
            byte* job = (byte*)_board[Job + (thread * Each)];
            for (int line = 0; line < LinesOfJob; line++)
            {
                Sse.Prefetch0(job + (line * LineBytes));
            }
        }

        for (int i = 0; i < Threads; i++)
        {
            int done = Drain(thread + i < Threads ? thread + i : thread + i - Threads, thread);
            if (done > 0)
            {
                Interlocked.Add(ref _board[Done], done);
            }
        }
    }

    // Another thread that wants the processor has it at once.
    private void Linger(int index, long seen)
    {
        long end = Stopwatch.GetTimestamp() + PatientTicks;
        while (IsWaiting(index, seen) && Stopwatch.GetTimestamp() < end)
        {
            Thread.Yield();
        }
    }

    private void Sleep(int index, long seen)
    {
        // The flag goes up before the last look at the number, and Start raises the numbers before its last look at the flags:
        // one of the two always sees the other.
        ref long asleep = ref _board[Asleep + ((index + 1) * Each)];
        Interlocked.Exchange(ref asleep, 1);
        if (!IsWaiting(index, seen))
        {
            if (Interlocked.Exchange(ref asleep, 0) == 0 && !_stopping)
            {
                WakeUp(index);
            }

            return;
        }

        WakeUp(index);
    }

    private void WakeUp(int index)
    {
        _wake[index].WaitOne();
        ThreadPlacement.Release(_waker);
    }
}
