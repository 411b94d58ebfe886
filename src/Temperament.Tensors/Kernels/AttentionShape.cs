using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Temperament.Tensors.Memory;

namespace Temperament.Tensors.Kernels;

/// <summary>Head counts, the sequences of a call and what their queries see, which forward and backward share.</summary>
internal readonly unsafe struct AttentionShape
{
    /// <summary>Keys of a block, counted from the first key of the segment, so that a query meets the same blocks with and without a cache.</summary>
    public const int KeyBlock = 64;

    /// <summary>Query rows that share one pass over the keys in the backward pass.</summary>
    public const int QueryTile = 32;

    /// <summary>Largest head size; bounds the scratch.</summary>
    public const int LargestHead = 256;

    public readonly int Heads;
    public readonly int KeyValueHeads;
    public readonly int HeadSize;

    /// <summary>Factor of the scores as the softmax takes them; 1 where a cap has taken the factor in.</summary>
    public readonly float Scale;

    private readonly float _cap;
    private readonly float _capScale;
    private readonly int _window;
    private readonly AttentionSegment* _segments;
    private readonly int _count;

    public AttentionShape(Tensor q, AttentionSegment* segments, int count, int heads, int keyValueHeads, float scale, AttentionVariant variant)
    {
        Heads = heads;
        KeyValueHeads = keyValueHeads;
        HeadSize = q.Columns / heads;
        IsBidirectional = variant.IsBidirectional;
        _window = variant.Window;
        _cap = variant.SoftCap;
        _capScale = _cap > 0 ? scale / _cap : 0;
        Scale = _cap > 0 ? 1 : scale;
        _segments = segments;
        _count = count;
    }

    /// <summary>Query heads of one key-value head.</summary>
    public int Group => Heads / KeyValueHeads;

    public int Segments => _count;

    /// <summary>Whether a query sees all keys of its sequence, those after it too.</summary>
    public bool IsBidirectional { get; }

    /// <summary>Whether scores pass through a soft cap.</summary>
    public bool IsCapped => _cap > 0;

    public AttentionSegment this[int segment] => _segments[segment];

    /// <summary>
    /// Query rows of a chunk of the forward pass: with all heads of a group about 128, so that to transpose a block of keys is little
    /// beside the products with it.
    /// </summary>
    public int TileRows => Math.Clamp(128 / Group / QueryTile * QueryTile, QueryTile, 128);

    /// <summary>Number of query tiles of all segments in the forward pass.</summary>
    public int Tiles
    {
        get
        {
            int tiles = 0;
            for (int s = 0; s < _count; s++)
            {
                tiles += Chunks.Count(_segments[s].QueryCount, TileRows);
            }

            return tiles;
        }
    }

    /// <summary>Whether one segment with one key-value head is more than an eighth of the work, too much for one chunk.</summary>
    public bool IsLopsided
    {
        get
        {
            long most = 0, all = 0;
            for (int s = 0; s < _count; s++)
            {
                long work = (long)_segments[s].QueryCount * _segments[s].KeyCount;
                most = Math.Max(most, work);
                all += work * KeyValueHeads;
            }

            return 8 * most > all;
        }
    }

    /// <summary>Multiplications of a call, for the decision whether threads are worth waking.</summary>
    public long Work
    {
        get
        {
            long work = 0;
            for (int s = 0; s < _count; s++)
            {
                work += (long)_segments[s].QueryCount * _segments[s].KeyCount * Heads * HeadSize;
            }

            return work;
        }
    }

    /// <summary>The first key that a query at this position sees, both counted from the first key of the segment.</summary>
    public int FirstKey(int position) => _window > 0 ? Math.Max(0, position - _window + 1) : 0;

    /// <summary>The first tile of queries of which some row sees a key of the block.</summary>
    public int FirstTile(AttentionSegment segment, int block) =>
        IsBidirectional ? 0 : Math.Max(0, block - segment.Past) / QueryTile * QueryTile;

    /// <summary>One more than the last query row of a segment that sees a key of the block.</summary>
    public int EndOfQueries(AttentionSegment segment, int block) =>
        _window > 0 ? (int)Math.Min(segment.QueryCount, (long)block + KeyBlock - 1 + _window - segment.Past) : segment.QueryCount;

    /// <summary>Turns products q k^T of one row into cap * tanh(scale * q k^T / cap).</summary>
    /// <param name="scores">(<see cref="KeyBlock"/>) products, overwritten.</param>
    /// <param name="slopes">(<see cref="KeyBlock"/>) receives the derivative by q k^T, or null.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Cap(float* scores, float* slopes)
    {
        Vector512<float> cap = Vector512.Create(_cap), scale = Vector512.Create(_capScale), slope = cap * scale;
        for (int j = 0; j < KeyBlock; j += Lanes.Width)
        {
            Vector512<float> t = Tanh.Of(Vector512.Load(scores + j) * scale);
            (cap * t).Store(scores + j);
            if (slopes is not null)
            {
                (slope * Vector512.FusedMultiplyAdd(-t, t, Vector512<float>.One)).Store(slopes + j);
            }
        }
    }

    /// <summary>Throws where shapes, segments or options do not fit.</summary>
    public static void Check(
        Tensor q, Tensor k, Tensor v, ReadOnlySpan<AttentionSegment> segments, int heads, int keyValueHeads, AttentionVariant variant)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(variant.Window);
        ArgumentOutOfRangeException.ThrowIfNegative(variant.SoftCap);
        if (variant.IsBidirectional && variant.Window > 0)
        {
            throw new ArgumentException("A window reaches back from a query; with keys on both sides there is none.", nameof(variant));
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(keyValueHeads, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(heads, keyValueHeads);
        ArgumentOutOfRangeException.ThrowIfNotEqual(heads % keyValueHeads, 0);
        ArgumentOutOfRangeException.ThrowIfNotEqual(q.Columns % heads, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(q.Columns / heads, LargestHead);
        Chunks.ThrowIfNotShape(k, k.Rows, q.Columns / heads * keyValueHeads);
        Chunks.ThrowIfNotShape(v, k.Rows, k.Columns);
        foreach (AttentionSegment segment in segments)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(segment.QueryStart);
            ArgumentOutOfRangeException.ThrowIfNegative(segment.QueryCount);
            ArgumentOutOfRangeException.ThrowIfNegative(segment.KeyStart);
            ArgumentOutOfRangeException.ThrowIfNegative(segment.Past);
            ArgumentOutOfRangeException.ThrowIfGreaterThan((long)segment.QueryStart + segment.QueryCount, q.Rows, nameof(segments));
            ArgumentOutOfRangeException.ThrowIfGreaterThan((long)segment.KeyStart + segment.KeyCount, k.Rows, nameof(segments));
        }
    }

    /// <summary>The segment that holds a query tile; <paramref name="tile"/> becomes the number of the tile within it.</summary>
    public AttentionSegment FindTile(ref int tile)
    {
        int s = 0, size = TileRows;
        for (int tiles = Chunks.Count(_segments[0].QueryCount, size); tile >= tiles; tiles = Chunks.Count(_segments[s].QueryCount, size))
        {
            tile -= tiles;
            s++;
        }

        return _segments[s];
    }
}
