namespace Temperament.Tensors.Threading;

/// <summary>Scratch memory of a pool, one equal part a thread, valid for one job; each thread can tell what it has done in it before.</summary>
/// <param name="memory">The first part.</param>
/// <param name="floatsPerThread">Floats from one part to the next.</param>
/// <param name="notes">Two numbers of the first thread, on a line that only this thread touches; the next thread's lie <paramref name="apart"/> further.</param>
/// <param name="apart">Numbers from the notes of one thread to those of the next.</param>
/// <param name="loan">Number of this loan, of which there is no second in the life of the pool.</param>
internal readonly unsafe struct ThreadScratch(float* memory, long floatsPerThread, long* notes, int apart, long loan)
{
    /// <summary>Most pieces that <see cref="IsNew"/> can tell apart.</summary>
    public const int MostPieces = 64;

    /// <summary>The part of one thread.</summary>
    /// <param name="thread">Number of the thread, 0 for the caller.</param>
    public float* this[int thread] => memory + (thread * floatsPerThread);

    /// <summary>True where a thread asks for the first time about a piece of its part: it has yet to be filled.</summary>
    /// <param name="thread">The thread that asks.</param>
    /// <param name="piece">Number of the piece, below <see cref="MostPieces"/>.</param>
    public bool IsNew(int thread, int piece)
    {
        long* note = notes + ((nint)thread * apart);
        if (note[0] != loan)
        {
            note[0] = loan;
            note[1] = 0;
        }

        bool isNew = (note[1] >> piece & 1) == 0;
        note[1] |= 1L << piece;
        return isNew;
    }
}
