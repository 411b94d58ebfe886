using System.Globalization;
using System.Runtime.CompilerServices;

namespace Temperament.Models.Text.Patterns;

/// <summary>A set of code points: categories, ranges, white space, other sets, and its complement.</summary>
internal sealed class CodePointSet
{
    private readonly List<(int First, int Last)> _ranges = [];
    private readonly List<CodePointSet> _parts = [];
    private readonly List<CodePointSet> _limits = [];
    private int _categories;
    private bool _space;
    private bool _word;
    private bool _ignoreCase;
    private ulong _low;
    private ulong _high;

    /// <summary>Whether everything else is meant.</summary>
    public bool IsNegated { get; set; }

    /// <summary>The members below U+0080: 64 bits for U+0000 to U+003F and 64 for the others.</summary>
    public (ulong Low, ulong High) Ascii => (_low, _high);

    public void AddRange(int first, int last) => _ranges.Add((first, last));

    public void AddCategories(int mask) => _categories |= mask;

    public void AddSpace() => _space = true;

    public void AddWord() => _word = true;

    public void AddSet(CodePointSet set) => _parts.Add(set);

    /// <summary>Keeps only what the other set has too.</summary>
    public void Intersect(CodePointSet set) => _limits.Add(set);

    /// <summary>Ends the building: answers for ASCII are kept in two words.</summary>
    public CodePointSet Seal(bool ignoreCase)
    {
        _ignoreCase = ignoreCase;
        for (int c = 0; c < 64; c++)
        {
            _low |= Find(c) ? 1UL << c : 0;
            _high |= Find(c + 64) ? 1UL << c : 0;
        }

        return this;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Contains(int codePoint)
    {
        if (codePoint < 128)
        {
            return (((codePoint < 64 ? _low : _high) >> (codePoint & 63)) & 1) != 0;
        }

        return Find(codePoint);
    }

    private bool Find(int codePoint) => (Own(codePoint) || (_ignoreCase && OwnInAnotherCase(codePoint))) != IsNegated;

    private bool OwnInAnotherCase(int codePoint)
    {
        int folded = CodePoints.Fold(codePoint);
        return Own(folded) || (folded < 128 && Own(char.ToUpperInvariant((char)folded)));
    }

    private bool Own(int codePoint)
    {
        bool found = ((_categories >> (int)CharUnicodeInfo.GetUnicodeCategory(codePoint)) & 1) != 0
            || (_space && CodePoints.IsWhiteSpace(codePoint)) || (_word && CodePoints.IsWord(codePoint)) || InRanges(codePoint);
        foreach (CodePointSet part in _parts)
        {
            found = found || part.Contains(codePoint);
        }

        foreach (CodePointSet limit in _limits)
        {
            found = found && limit.Contains(codePoint);
        }

        return found;
    }

    private bool InRanges(int codePoint)
    {
        foreach ((int first, int last) in _ranges)
        {
            if (codePoint >= first && codePoint <= last)
            {
                return true;
            }
        }

        return false;
    }
}
