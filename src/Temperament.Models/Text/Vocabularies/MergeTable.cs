using System.Numerics;
using System.Runtime.CompilerServices;

namespace Temperament.Models.Text.Vocabularies;

/// <summary>The merges of a byte-pair vocabulary: for a pair of ids the rank (lower is earlier) and the id of the whole. Open addressing.</summary>
internal sealed class MergeTable
{
    private readonly ulong[] _keys;
    private readonly long[] _values;
    private readonly int _shift;

    /// <summary>Makes a table for a number of pairs.</summary>
    public MergeTable(int capacity)
    {
        int size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, capacity * 2));
        _keys = new ulong[size];
        _values = new long[size];
        _shift = 64 - BitOperations.Log2((uint)size);
        Array.Fill(_keys, ulong.MaxValue);
    }

    /// <summary>Stores a pair; false if it is there already, and then nothing changes.</summary>
    public bool Add(int left, int right, int rank, int whole)
    {
        ulong key = Key(left, right);
        for (int slot = Slot(key); ; slot = (slot + 1) & (_keys.Length - 1))
        {
            if (_keys[slot] == key)
            {
                return false;
            }

            if (_keys[slot] == ulong.MaxValue)
            {
                _keys[slot] = key;
                _values[slot] = ((long)rank << 32) | (uint)whole;
                return true;
            }
        }
    }

    /// <summary>Rank in the upper and id in the lower half; <see cref="long.MaxValue"/> for a pair that does not merge.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long Find(int left, int right)
    {
        ulong key = Key(left, right);
        for (int slot = Slot(key); ; slot = (slot + 1) & (_keys.Length - 1))
        {
            ulong found = _keys[slot];
            if (found == key)
            {
                return _values[slot];
            }

            if (found == ulong.MaxValue)
            {
                return long.MaxValue;
            }
        }
    }

    private static ulong Key(int left, int right) => ((ulong)(uint)left << 32) | (uint)right;

    private int Slot(ulong key) => (int)((key * 0x9E3779B97F4A7C15UL) >> _shift);
}
