using System.Collections;
using System.Security.Cryptography;
using Temperament.Models.Text;

namespace Temperament.Studies.Data;

/// <summary>Opinions in the order of their file or of their making.</summary>
/// <param name="rows">The opinions.</param>
public sealed class OpinionSet(IReadOnlyList<Opinion> rows) : IReadOnlyList<Opinion>
{
    /// <summary>SHA-256 of the rows as <see cref="OpinionFile"/> writes them, lower-case hexadecimal.</summary>
    public string Hash => Convert.ToHexStringLower(SHA256.HashData(OpinionFile.ToCsv(rows)));

    /// <summary>Number of opinions.</summary>
    public int Count => rows.Count;

    /// <summary>One opinion.</summary>
    /// <param name="index">Its place, from 0.</param>
    public Opinion this[int index] => rows[index];

    /// <summary>The opinions of one target, in order.</summary>
    /// <param name="target">A pole, or neutral.</param>
    public OpinionSet Of(TraitTarget target) => new([.. rows.Where(row => row.Target == target)]);

    /// <summary>The opinions in order.</summary>
    public IEnumerator<Opinion> GetEnumerator() => rows.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>Questions in the order of their file or of their making.</summary>
/// <param name="rows">The questions.</param>
public sealed class QuestionSet(IReadOnlyList<OpinionQuestion> rows) : IReadOnlyList<OpinionQuestion>
{
    /// <summary>SHA-256 of the rows as <see cref="OpinionFile"/> writes them, lower-case hexadecimal.</summary>
    public string Hash => Convert.ToHexStringLower(SHA256.HashData(OpinionFile.ToCsv(rows)));

    /// <summary>Number of questions.</summary>
    public int Count => rows.Count;

    /// <summary>One question.</summary>
    /// <param name="index">Its place, from 0.</param>
    public OpinionQuestion this[int index] => rows[index];

    /// <summary>The questions in order.</summary>
    public IEnumerator<OpinionQuestion> GetEnumerator() => rows.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
