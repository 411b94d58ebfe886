namespace Temperament.Tensors.Threading;

/// <summary>One chunk of a parallel loop. Each chunk must own the memory that it writes.</summary>
public interface IParallelJob
{
    /// <summary>Does the work of one chunk.</summary>
    /// <param name="chunk">Number of the chunk, from 0.</param>
    void Run(int chunk);
}
