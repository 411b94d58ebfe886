using System.Numerics;
using System.Runtime.CompilerServices;

namespace Temperament.Models.Text.Vocabularies;

/// <summary>The tokens that begin at a place of a text, by a tree of their UTF-16 units. Children are found by open addressing.</summary>
internal sealed class TokenTrie
{
    /// <summary>The node above all others.</summary>
    public const int Root = 0;

    /// <summary>No node, or no token.</summary>
    public const int None = -1;

    private readonly ulong[] _keys;
    private readonly int[] _children;
    private readonly int[] _tokens;
    private readonly int _shift;
    private int _nodes = 1;

    /// <summary>Makes a tree.</summary>
    /// <param name="tokens">Token strings by id; null or empty ones are left out, and of equal ones the last counts.</param>
    public TokenTrie(IReadOnlyList<string?> tokens)
    {
        int units = 1;
        foreach (string? token in tokens)
        {
            units = checked(units + (token?.Length ?? 0));
        }

        int size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(16L, units * 3L / 2));
        _keys = new ulong[size];
        _children = new int[size];
        _shift = 64 - BitOperations.Log2((uint)size);
        Array.Fill(_keys, ulong.MaxValue);
        var ends = new List<int> { None };
        for (int id = 0; id < tokens.Count; id++)
        {
            if (tokens[id] is { Length: > 0 } token)
            {
                int node = Root;
                foreach (char unit in token)
                {
                    node = Grow(node, unit, ends);
                }

                ends[node] = id;
            }
        }

        _tokens = [.. ends];
    }

    /// <summary>The node below another by one unit, or <see cref="None"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Child(int node, char unit)
    {
        ulong key = Key(node, unit);
        for (int slot = Slot(key); ; slot = (slot + 1) & (_keys.Length - 1))
        {
            ulong found = _keys[slot];
            if (found == key)
            {
                return _children[slot];
            }

            if (found == ulong.MaxValue)
            {
                return None;
            }
        }
    }

    /// <summary>The token that ends at a node, or <see cref="None"/>.</summary>
    public int Token(int node) => _tokens[node];

    /// <summary>The token of a text, or <see cref="None"/>.</summary>
    public int Find(ReadOnlySpan<char> text)
    {
        int node = Root;
        for (int i = 0; i < text.Length && node != None; i++)
        {
            node = Child(node, text[i]);
        }

        return node == None ? None : _tokens[node];
    }

    /// <summary>Length of the longest token that a text begins with; 0 where there is none.</summary>
    public int LongestPrefix(ReadOnlySpan<char> text)
    {
        int node = Root, longest = 0;
        for (int i = 0; i < text.Length; i++)
        {
            node = Child(node, text[i]);
            if (node == None)
            {
                break;
            }

            longest = _tokens[node] == None ? longest : i + 1;
        }

        return longest;
    }

    private int Grow(int node, char unit, List<int> ends)
    {
        ulong key = Key(node, unit);
        int slot = Slot(key);
        for (; _keys[slot] != ulong.MaxValue; slot = (slot + 1) & (_keys.Length - 1))
        {
            if (_keys[slot] == key)
            {
                return _children[slot];
            }
        }

        _keys[slot] = key;
        ends.Add(None);
        return _children[slot] = _nodes++;
    }

    private static ulong Key(int node, char unit) => ((ulong)(uint)node << 16) | unit;

    private int Slot(ulong key) => (int)((key * 0x9E3779B97F4A7C15UL) >> _shift);
}
