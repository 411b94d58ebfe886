using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Tensors.Kernels;

public sealed class EmbeddingTests : KernelTests
{
    private const int V = 5;

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Forward_copies_the_row_of_every_token(int R, int C)
    {
        Tensor table = Memory.Tensor(Draw.Uniform("table", V * C), V, C, gap: 1), y = Memory.Filled(R, C, 7, gap: 2);
        int[] tokens = Draw.Integers("tokens", R, V);

        Embedding.Forward(Pool, y, table, tokens);

        for (int r = 0; r < R; r++)
        {
            AssertBits(table.Row(tokens[r]), y.Row(r));
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Backward_adds_every_row_to_the_row_of_its_token(int rows, int C)
    {
        int R = 3 * rows;
        double[] dy = Draw.Uniform("dy", R * C);
        int[] tokens = Draw.Integers("tokens", R, V);
        Tensor dtable = Memory.Filled(V, C, GradCheck.Start, gap: 1);
        double[] expected = new double[V * C];
        for (int i = 0; i < dy.Length; i++)
        {
            expected[(tokens[i / C] * C) + (i % C)] += dy[i];
        }

        Embedding.Backward(Pool, dtable, Memory.Tensor(dy, R, C, gap: 2), tokens);

        GradCheck.Close(expected, dtable, GradCheck.GradientLimit, GradCheck.Start);
    }

    [Fact]
    public void Bits_of_the_gradient_do_not_depend_on_threads_or_on_the_cut_of_the_batch()
    {
        const int R = 100, C = 200;
        Tensor dy = Memory.Tensor(Draw.Uniform("dy", R * C), R, C);
        int[] tokens = Draw.Integers("tokens", R, V);
        Tensor parts = Memory.Filled(V, C, 0);
        Tensor Whole(Temperament.Tensors.Threading.ComputePool pool)
        {
            Tensor dtable = Memory.Filled(V, C, 0);
            Embedding.Backward(pool, dtable, dy, tokens);
            return dtable;
        }

        Embedding.Backward(Pool, parts, dy.SliceRows(0, 33), tokens.AsSpan(0, 33));
        Embedding.Backward(Pool, parts, dy.SliceRows(33, 67), tokens.AsSpan(33));

        AssertBits(Values(Whole(Pool)), Values(parts));
        AssertSameOnAnyNumberOfThreads(Whole);
    }

    [Fact]
    public void A_token_outside_of_the_table_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Embedding.Forward(Pool, Memory.Filled(1, 3, 0), Memory.Filled(V, 3, 0), [V]));

    [Fact]
    public void Nothing_is_allocated()
    {
        Tensor y = Memory.Filled(64, 257, 1), table = Memory.Filled(V, 257, 0);
        int[] tokens = new int[64];
        AssertAllocatesNothing(() =>
        {
            Embedding.Forward(Pool, y, table, tokens);
            Embedding.Backward(Pool, table, y, tokens);
        });
    }
}
