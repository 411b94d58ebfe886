using System.Runtime.InteropServices;

namespace Temperament.Tensors.Threading;

/// <summary>
/// Where Linux may run a thread. A thread that is woken is often put on the processor of the thread that woke it, though another one is idle, and
/// waits there until the system looks for work to move, some milliseconds later. A sleeping worker is therefore kept off its caller's
/// processor for the moment of waking, and lets go of that when it runs. Where the system refuses, nothing but time is lost.
/// </summary>
internal static unsafe partial class ThreadPlacement
{
    /// <summary>Words of a set of processors: 1024 bits, as the C library has them.</summary>
    private const int Words = 16;

    /// <summary>Number by which Linux knows the calling thread; 0 where threads cannot be placed.</summary>
    public static int CurrentThread()
    {
        try
        {
            return OperatingSystem.IsLinux() ? ThreadNumber() : 0;
        }
        catch (Exception e) when (e is EntryPointNotFoundException or DllNotFoundException)
        {
            return 0;
        }
    }

    /// <summary>Lets a sleeping thread be woken on every processor that the calling thread may use, save the one it is running on.</summary>
    /// <param name="thread">From <see cref="CurrentThread"/>.</param>
    public static void KeepAway(int thread)
    {
        if (thread == 0)
        {
            return;
        }

        // With one processor nothing is left in the set, and the system refuses it.
        ulong* set = stackalloc ulong[Words];
        new Span<ulong>(set, Words).Clear();
        int here = Processor();
        if (here is >= 0 and < Words * 64 && Allowed(0, Words * sizeof(ulong), set) == 0)
        {
            set[here / 64] &= ~(1UL << (here % 64));
            _ = Allow(thread, Words * sizeof(ulong), set);
        }
    }

    /// <summary>Lets the calling thread run wherever its waker may.</summary>
    /// <param name="waker">From <see cref="CurrentThread"/>.</param>
    public static void Release(int waker)
    {
        if (waker == 0)
        {
            return;
        }

        ulong* set = stackalloc ulong[Words];
        new Span<ulong>(set, Words).Clear();
        // The waker may have ended since; the first thread of the process has not.
        if (Allowed(waker, Words * sizeof(ulong), set) == 0 || Allowed(Environment.ProcessId, Words * sizeof(ulong), set) == 0)
        {
            _ = Allow(0, Words * sizeof(ulong), set);
        }
    }

    [LibraryImport("libc", EntryPoint = "gettid")]
    private static partial int ThreadNumber();

    [LibraryImport("libc", EntryPoint = "sched_getcpu")]
    private static partial int Processor();

    [LibraryImport("libc", EntryPoint = "sched_getaffinity")]
    private static partial int Allowed(int thread, nint bytes, ulong* set);

    [LibraryImport("libc", EntryPoint = "sched_setaffinity")]
    private static partial int Allow(int thread, nint bytes, ulong* set);
}
