namespace Temperament.Tensors.Threading;

/// <summary>One chunk of a parallel loop that uses scratch memory of the thread it runs on. The result must not depend on the thread.</summary>
internal interface IThreadJob
{
    /// <summary>Does the work of one chunk.</summary>
    /// <param name="chunk">Number of the chunk, from 0.</param>
    /// <param name="thread">Number of the thread, 0 for the caller.</param>
    void Run(int chunk, int thread);
}
