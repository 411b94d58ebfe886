using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;
using Temperament.Tests.Reference;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Tensors.Kernels;

public sealed class CrossEntropyTests : KernelTests
{
    /// <summary>With one class the loss and its gradient are nothing but rounding of zero.</summary>
    public static TheoryData<int, int> ShapesOfTwoColumnsOrMore() => [.. Shapes().Where(row => row.Data.Item2 > 1)];

    [Theory]
    [MemberData(nameof(ShapesOfTwoColumnsOrMore))]
    public void Loss_and_gradient_match_the_definition(int rows, int V)
    {
        const float Scale = 0.37f;
        int R = rows + 1;
        double[] logits = [.. Draw.Uniform("logits", R * V).Select(v => (double)(float)(4 * v))];
        int[] targets = Draw.Integers("targets", R, V);
        targets[rows / 2] = CrossEntropy.Ignored;
        Tensor losses = Memory.Filled(1, R, 7), same = Memory.Filled(1, R, 7), dlogits = Memory.Tensor(logits, R, V, gap: 1);

        CrossEntropy.Forward(Pool, same, dlogits, targets);
        CrossEntropy.ForwardBackward(Pool, losses, dlogits, targets, Scale);

        double Loss() => SoftmaxReference.CrossEntropy(logits, V, targets).Sum() * Scale;
        GradCheck.Close(SoftmaxReference.CrossEntropy(logits, V, targets), losses, GradCheck.ForwardLimit);
        GradCheck.Close(GradCheck.Numeric(logits, Loss), dlogits, GradCheck.GradientLimit);
        AssertBits(Values(losses), Values(same));
    }

    [Fact]
    public void A_weight_of_each_row_is_the_one_weight_where_all_are_alike()
    {
        const int R = 5, V = 33;
        Tensor first = Memory.Tensor(Draw.Uniform("x", R * V), R, V), second = Memory.Tensor(Draw.Uniform("x", R * V), R, V);
        Tensor losses = Memory.Filled(1, R, 0), same = Memory.Filled(1, R, 0), third = Memory.Tensor(Draw.Uniform("x", R * V), R, V);
        int[] targets = Draw.Integers("targets", R, V);

        CrossEntropy.ForwardBackward(Pool, losses, first, targets, 0.25f);
        CrossEntropy.ForwardBackward(Pool, same, second, targets, [0.25f, 0.25f, 0.25f, 0.25f, 0.25f]);
        CrossEntropy.ForwardBackward(Pool, same, third, targets, [-0.5f, 0.25f, 0.25f, 0.25f, 0]);

        AssertBits(Values(first), Values(second));
        AssertBits(Values(losses), Values(same));
        AssertBits(Values(first.SliceRows(1, 3)), Values(third.SliceRows(1, 3)));
        AssertBits([.. Values(first.SliceRows(0, 1)).Select(x => -2 * x)], Values(third.SliceRows(0, 1)));
        Assert.All(Values(third.SliceRows(4, 1)), x => Assert.Equal(0, x));
    }

    [Fact]
    public void An_ignored_row_costs_nothing_and_teaches_nothing()
    {
        Tensor logits = Memory.Row([1, double.NaN, 3]), losses = Memory.Filled(1, 1, 7);

        CrossEntropy.ForwardBackward(Pool, losses, logits, [CrossEntropy.Ignored], 1);

        Assert.Equal([0f, 0f, 0f, 0f], [losses[0, 0], .. Values(logits)]);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(-1)]
    public void A_target_outside_of_the_vocabulary_is_refused(int target) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => CrossEntropy.Forward(Pool, Memory.Filled(1, 1, 0), Memory.Filled(1, 3, 0), [target]));

    [Fact]
    public void Bits_do_not_depend_on_threads_instruction_set_or_batch()
    {
        Tensor first = Run(Pool, 0, 40);

        AssertSameOnAnyNumberOfThreads(pool => Run(pool, 0, 40));
        AssertBits(Values(first.SliceRows(13, 20)), Values(Run(Pool, 13, 20)));
        Assert.Equal(0x5613f1b1u, Word(first));
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        Tensor x = Memory.Filled(64, 257, 1), losses = Memory.Filled(1, 64, 0);
        int[] targets = new int[64];
        AssertAllocatesNothing(() => CrossEntropy.ForwardBackward(Pool, losses, x, targets, 0.5f));
    }

    // For each row: its gradient and its loss.
    private Tensor Run(ComputePool pool, int start, int rows)
    {
        const int V = 300;
        Tensor all = Memory.Filled(rows, V + 1, 0), losses = Memory.Filled(1, rows, 0), logits = all.SliceColumns(0, V);
        logits.CopyFrom(Memory.Tensor([.. Draw.Uniform("x", 40 * V).Select(v => 20 * v)], 40, V).SliceRows(start, rows));
        CrossEntropy.ForwardBackward(pool, losses, logits, Draw.Integers("targets", 40, V).AsSpan(start, rows), 0.01f);
        for (int r = 0; r < rows; r++)
        {
            all[r, V] = losses[0, r];
        }

        return all;
    }
}
