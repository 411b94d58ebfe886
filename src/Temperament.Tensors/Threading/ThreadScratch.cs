namespace Temperament.Tensors.Threading;

/// <summary>Scratch memory of a pool, one equal part a thread.</summary>
internal readonly unsafe struct ThreadScratch(float* memory, long floatsPerThread)
{
    /// <summary>The part of one thread.</summary>
    /// <param name="thread">Number of the thread, 0 for the caller.</param>
    public float* this[int thread] => memory + (thread * floatsPerThread);
}
