using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Tensors.Kernels;

/// <summary>Results that go past the caches have the bits of those that do not, wherever their rows start.</summary>
public sealed class StreamingTests : KernelTests
{
    public static TheoryData<int, int> Cases()
    {
        var data = new TheoryData<int, int>();
        foreach (int width in new[] { 1, 15, 16, 17, 31, 47, 63, 64, 65, 67, 97, 129, 257 })
        {
            data.Add(width, 0);
            data.Add(width, 1 + (width % 13));
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Bits_do_not_depend_on_the_way_to_memory(int width, int gap)
    {
        float[] ordinary = Results(width, gap);
        long threshold = Streaming.Threshold;
        try
        {
            Streaming.Threshold = 0;

            AssertBits(ordinary, Results(width, gap));
        }
        finally
        {
            Streaming.Threshold = threshold;
        }
    }

    private float[] Results(int width, int gap)
    {
        const int Rows = 5;
        Tensor a = Memory.Tensor(Draw.Uniform("a", Rows * width), Rows, width, gap), b = Memory.Tensor(Draw.Uniform("b", Rows * width), Rows, width, gap);
        Tensor c = Memory.Tensor(Draw.Uniform("c", Rows * width), Rows, width, gap), w = Memory.Row(Draw.Uniform("w", width));
        Tensor norm = Memory.Filled(Rows, width, 7, gap), rstd = Memory.Filled(1, Rows, 7), gated = Memory.Filled(Rows, width, 7, gap);
        Tensor dgate = Memory.Filled(Rows, width, 7, gap), dup = Memory.Filled(Rows, width, 7, gap + 1), soft = Memory.Filled(Rows, width, 7, gap);
        Tensor inPlace = Memory.Tensor(Draw.Uniform("a", Rows * width), Rows, width, gap);

        RmsNorm.Forward(Pool, norm, rstd, a, w, 1e-5f);
        SwiGlu.Forward(Pool, gated, a, b);
        SwiGlu.Backward(Pool, dgate, dup, c, a, b);
        Softmax.Forward(Pool, soft, a);
        SwiGlu.Forward(Pool, inPlace, inPlace, b);

        return [.. Values(norm), .. Values(rstd), .. Values(gated), .. Values(dgate), .. Values(dup), .. Values(soft), .. Values(inPlace)];
    }
}
