using Xunit;

namespace Temperament.Tests.Support;

/// <summary>Asks whether a piece of work uses the managed heap.</summary>
internal static class ManagedHeap
{
    private const int Rounds = 20;

    /// <summary>
    /// Fails unless some call of <paramref name="work"/> leaves the calling thread's count of allocated bytes as it was. A collection that
    /// another test sets off in the middle of a call moves that count by the unused rest of the thread's allocation buffer, so a single
    /// call says nothing; work that does allocate moves it in every call.
    /// </summary>
    public static void AssertUntouched(Action work)
    {
        work();
        long least = long.MaxValue;
        for (int round = 0; round < Rounds && least != 0; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            work();
            least = Math.Min(least, Math.Abs(GC.GetAllocatedBytesForCurrentThread() - before));
        }

        Assert.True(least == 0, $"every one of {Rounds} calls used the managed heap, with {least} bytes at least");
    }
}
