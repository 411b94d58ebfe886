using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;
using Temperament.Tests.Reference;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Tensors.Kernels;

public sealed class AttentionTests : KernelTests
{
    /// <summary>Lengths of the sequences, heads, key-value heads, head size: tiles of 32 queries, blocks of 64 keys, all remainders.</summary>
    public static TheoryData<int[], int, int, int> Cases() => new()
    {
        { [1], 1, 1, 1 }, { [2, 1], 2, 1, 2 }, { [3], 3, 3, 3 }, { [5, 4], 4, 2, 15 }, { [7], 3, 1, 16 }, { [6], 2, 1, 17 }, { [9], 2, 2, 31 },
        { [4, 3, 1], 4, 1, 32 }, { [3], 1, 1, 33 }, { [3], 2, 1, 64 }, { [2], 1, 1, 65 }, { [2], 1, 1, 127 }, { [2], 1, 1, 128 }, { [2], 1, 1, 129 },
        { [33], 2, 1, 3 }, { [63, 2], 1, 1, 2 }, { [65], 1, 1, 2 }, { [129], 1, 1, 1 },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Forward_matches_the_definition(int[] lengths, int H, int K, int D)
    {
        var run = new Call(lengths, H, K, D);
        Tensor y = Memory.Filled(run.Rows, H * D, 7, gap: 1), lse = Memory.Filled(run.Rows, H, 7, gap: 2);

        Attention.Forward(Pool, y, lse, run.Q(Memory), run.Key(Memory), run.Value(Memory), run.Segments, H, K, run.Scale);

        double[] sums = new double[run.Rows * H];
        GradCheck.Close(run.Definition(sums), y, GradCheck.ForwardLimit);
        GradCheck.Close(sums, lse, 1e-11);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Backward_matches_central_differences(int[] lengths, int H, int K, int D)
    {
        var run = new Call(lengths, H, K, D);
        Tensor y = Memory.Filled(run.Rows, H * D, 7), lse = Memory.Filled(run.Rows, H, 7);
        Tensor dq = Memory.Filled(run.Rows, H * D, GradCheck.Start, gap: 1);
        Tensor dk = Memory.Filled(run.Rows, K * D, GradCheck.Start, gap: 2), dv = Memory.Filled(run.Rows, K * D, GradCheck.Start, gap: 3);
        double[] dy = Draw.Uniform("dy", run.Rows * H * D);
        double Loss() => GradCheck.Along(run.Definition(null), dy);

        Attention.Forward(Pool, y, lse, run.Q(Memory), run.Key(Memory), run.Value(Memory), run.Segments, H, K, run.Scale);
        Attention.Backward(
            Pool, dq, dk, dv, Memory.Tensor(dy, run.Rows, H * D), y, run.Q(Memory), run.Key(Memory), run.Value(Memory), lse, run.Segments, H, K, run.Scale);

        GradCheck.Close(GradCheck.Numeric(run.Values, Loss), dv, GradCheck.GradientLimit, GradCheck.Start);

        // A sequence of one token has one weight, 1, so its scores have no gradient.
        if (lengths.Max() > 1)
        {
            GradCheck.Close(GradCheck.Numeric(run.Queries, Loss), dq, GradCheck.GradientLimit, GradCheck.Start);
            GradCheck.Close(GradCheck.Numeric(run.Keys, Loss), dk, GradCheck.GradientLimit, GradCheck.Start);
        }
    }

    [Theory]
    [InlineData(2, 1, 5)]
    [InlineData(4, 4, 32)]
    [InlineData(3, 1, 64)]
    public void A_token_alone_with_a_cache_has_the_bits_that_it_has_in_a_prefill(int H, int K, int D)
    {
        const int Length = 131;
        var run = new Call([Length], H, K, D);
        Tensor q = run.Q(Memory), k = run.Key(Memory), v = run.Value(Memory);
        Tensor whole = Memory.Filled(Length, H * D, 0), single = Memory.Filled(1, H * D, 0), part = Memory.Filled(Length, H * D, 0);
        Attention.Forward(Pool, whole, default, q, k, v, run.Segments, H, K, run.Scale);

        foreach (int at in new[] { 0, 1, 2, 31, 32, 33, 62, 63, 64, 65, 127, 128, 130 })
        {
            Tensor seenKeys = Memory.Tensor(run.Keys[..((at + 1) * K * D)], at + 1, K * D), seenValues = Memory.Tensor(run.Values[..((at + 1) * K * D)], at + 1, K * D);
            Attention.Forward(Pool, single, default, q.SliceRows(at, 1), seenKeys, seenValues, [new(0, 1, 0, at)], H, K, run.Scale);
            AssertBits(whole.Row(at), single.Row(0));
        }

        AttentionSegment[] chunks = [new(0, 50, 0, 0), new(50, 3, 0, 50), new(53, 78, 0, 53)];
        Attention.Forward(Pool, part, default, q, k, v, chunks, H, K, run.Scale);
        AssertBits(Values(whole), Values(part));
    }

    [Fact]
    public void A_later_token_changes_no_bit_of_an_earlier_one()
    {
        var run = new Call([70], 2, 1, 16);
        Tensor q = run.Q(Memory), k = run.Key(Memory), v = run.Value(Memory), first = Memory.Filled(70, 32, 0), second = Memory.Filled(70, 32, 0);
        Attention.Forward(Pool, first, default, q, k, v, run.Segments, 2, 1, run.Scale);

        k.Row(41).Fill(float.NaN);
        v.Row(41).Fill(float.PositiveInfinity);
        Attention.Forward(Pool, second, default, q, k, v, run.Segments, 2, 1, run.Scale);

        AssertBits(Values(first.SliceRows(0, 41)), Values(second.SliceRows(0, 41)));
        Assert.True(float.IsNaN(second[41, 0]));
    }

    [Fact]
    public void Sequences_beside_each_other_have_the_bits_that_they_have_alone()
    {
        const int H = 4, K = 2, D = 16;
        int[] lengths = [40, 1, 66, 9];
        Tensor together = Train(Pool, lengths, 0, 4);
        int row = 0;
        for (int s = 0; s < lengths.Length; s++)
        {
            Tensor alone = Train(Pool, lengths, s, 1);
            AssertBits(Values(together.SliceRows(row, lengths[s])), Values(alone));
            row += lengths[s];
        }

        Assert.Equal((2 * H * D) + (2 * K * D), together.Columns);
    }

    [Fact]
    public void Many_equal_sequences_have_the_bits_of_one_that_is_cut_into_waves()
    {
        // Eight sequences are shared out whole; one alone is cut into blocks of keys and tiles of queries.
        int[] lengths = [.. Enumerable.Repeat(70, 8)];
        Tensor together = Train(Pool, lengths, 0, 8);

        for (int s = 0; s < lengths.Length; s += 7)
        {
            AssertBits(Values(together.SliceRows(s * 70, 70)), Values(Train(Pool, lengths, s, 1)));
        }
    }

    [Fact]
    public void Bits_do_not_depend_on_threads_or_instruction_set()
    {
        int[] lengths = [40, 1, 66, 9];

        AssertSameOnAnyNumberOfThreads(pool => Train(pool, lengths, 0, 4));
        Assert.Equal(0x87fa1b2fu, Word(Train(Pool, lengths, 0, 4)));
    }

    [Fact]
    public void Large_scores_do_not_overflow()
    {
        Tensor q = Memory.Filled(3, 1, 100), k = Memory.Tensor([-5, 5, 10], 3, 1), v = Memory.Tensor([1, 2, 3], 3, 1), y = Memory.Filled(3, 1, 0);

        Attention.Forward(Pool, y, default, q, k, v, [new(0, 3, 0, 0)], 1, 1, 1);

        Assert.Equal([1f, 2f, 3f], Values(y));
    }

    [Fact]
    public void A_segment_beyond_its_tensors_is_refused()
    {
        Tensor x = Memory.Filled(3, 2, 0);
        Assert.Throws<ArgumentOutOfRangeException>(() => Attention.Forward(Pool, x, default, x, x, x, [new(0, 4, 0, 0)], 1, 1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Attention.Forward(Pool, x, default, x, x, x, [new(0, 3, 0, 1)], 1, 1, 1));
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        var run = new Call([40], 4, 2, 32);
        Tensor q = run.Q(Memory), k = run.Key(Memory), v = run.Value(Memory), y = Memory.Filled(40, 128, 0), lse = Memory.Filled(40, 4, 0);
        Tensor dq = Memory.Filled(40, 128, 0), dk = Memory.Filled(40, 64, 0), dv = Memory.Filled(40, 64, 0);
        AttentionSegment[] segments = run.Segments;
        AssertAllocatesNothing(() =>
        {
            Attention.Forward(Pool, y, lse, q, k, v, segments, 4, 2, 0.2f);
            Attention.Backward(Pool, dq, dk, dv, q, y, q, k, v, lse, segments, 4, 2, 0.2f);
        });
    }

    // Columns: y, dq, dk, dv of some of the sequences.
    private Tensor Train(ComputePool pool, int[] lengths, int first, int count)
    {
        const int H = 4, K = 2, D = 16;
        var run = new Call(lengths, H, K, D);
        int start = lengths[..first].Sum(), rows = lengths[first..(first + count)].Sum();
        AttentionSegment[] segments = [.. run.Segments[first..(first + count)].Select(s => s with { QueryStart = s.QueryStart - start, KeyStart = s.KeyStart - start })];
        Tensor q = run.Q(Memory).SliceRows(start, rows), k = run.Key(Memory).SliceRows(start, rows), v = run.Value(Memory).SliceRows(start, rows);
        Tensor dy = Memory.Tensor(Draw.Uniform("dy", run.Rows * H * D), run.Rows, H * D).SliceRows(start, rows);
        Tensor all = Memory.Filled(rows, (2 * H * D) + (2 * K * D), 0), y = all.SliceColumns(0, H * D), lse = Memory.Filled(rows, H, 0);
        Tensor dk = all.SliceColumns(2 * H * D, K * D), dv = all.SliceColumns((2 * H * D) + (K * D), K * D);
        Attention.Forward(pool, y, lse, q, k, v, segments, H, K, run.Scale);
        Attention.Backward(pool, all.SliceColumns(H * D, H * D), dk, dv, dy, y, q, k, v, lse, segments, H, K, run.Scale);
        return all;
    }

    /// <summary>Random queries, keys and values of sequences that lie one after the other.</summary>
    private sealed class Call
    {
        private readonly int _heads;
        private readonly int _keyValueHeads;
        private readonly int _headSize;

        public Call(int[] lengths, int heads, int keyValueHeads, int headSize)
        {
            (_heads, _keyValueHeads, _headSize) = (heads, keyValueHeads, headSize);
            Rows = lengths.Sum();
            Segments = [.. lengths.Select((length, i) => new AttentionSegment(lengths[..i].Sum(), length, lengths[..i].Sum(), 0))];
            Queries = [.. Draw.Uniform("q", Rows * heads * headSize).Select(v => 2 * v)];
            Keys = Draw.Uniform("k", Rows * keyValueHeads * headSize);
            Values = Draw.Uniform("v", Rows * keyValueHeads * headSize);
        }

        public int Rows { get; }

        public AttentionSegment[] Segments { get; }

        public double[] Queries { get; }

        public double[] Keys { get; }

        public double[] Values { get; }

        public float Scale => 1 / MathF.Sqrt(_headSize);

        public Tensor Q(GuardedMemory memory) => memory.Tensor(Queries, Rows, _heads * _headSize, gap: 1);

        public Tensor Key(GuardedMemory memory) => memory.Tensor(Keys, Rows, _keyValueHeads * _headSize, gap: 3);

        public Tensor Value(GuardedMemory memory) => memory.Tensor(Values, Rows, _keyValueHeads * _headSize, gap: 2);

        public double[] Definition(double[]? logSums) =>
            AttentionReference.Forward(Queries, Keys, Values, Segments, _heads, _keyValueHeads, _headSize, (double)Scale, logSums);
    }
}
