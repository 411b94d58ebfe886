using System.Collections;

namespace Temperament.Studies.Data;

/// <summary>Opinions in the order of their file or of their making.</summary>
/// <param name="rows">The opinions.</param>
public sealed class OpinionSet(IReadOnlyList<Opinion> rows) : IReadOnlyList<Opinion>
{
    /// <summary>Number of opinions.</summary>
    public int Count => rows.Count;

    /// <summary>One opinion.</summary>
    /// <param name="index">Its place, from 0.</param>
    public Opinion this[int index] => rows[index];

    /// <summary>The opinions in order.</summary>
    public IEnumerator<Opinion> GetEnumerator() => rows.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>Questions in the order of their file or of their making.</summary>
/// <param name="rows">The questions.</param>
public sealed class QuestionSet(IReadOnlyList<OpinionQuestion> rows) : IReadOnlyList<OpinionQuestion>
{
    /// <summary>Number of questions.</summary>
    public int Count => rows.Count;

    /// <summary>One question.</summary>
    /// <param name="index">Its place, from 0.</param>
    public OpinionQuestion this[int index] => rows[index];

    /// <summary>The questions in order.</summary>
    public IEnumerator<OpinionQuestion> GetEnumerator() => rows.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
