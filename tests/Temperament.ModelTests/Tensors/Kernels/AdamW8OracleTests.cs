using System.Text.Json;
using Temperament.Methods.Training;
using Temperament.Models.Checkpoints;
using Temperament.Models.Decoder;
using Temperament.ModelTests.Support;
using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Quantization;
using Temperament.Tensors.Threading;
using Xunit;

namespace Temperament.ModelTests.Tensors.Kernels;

/// <summary>The witness is the formula of the block-wise optimizer in numpy float32, after four of ten steps.</summary>
public sealed class AdamW8OracleTests(ITestOutputHelper output) : IDisposable
{
    private readonly ComputePool _pool = new(2);

    public void Dispose() => _pool.Dispose();

    [Fact]
    public void A_small_tensor_keeps_moments_of_32_bits()
    {
        using SafetensorsFile file = SafetensorsFile.Open(Oracles.Shared("oracles", "optimizers", "adamw8bit.safetensors"));
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Oracles.Golden("optimizers", "cases.json")));
        JsonElement settings = document.RootElement.GetProperty("adamw8bit")[0];
        double[] betas = [.. settings.GetProperty("betas").EnumerateArray().Select(e => e.GetDouble())];
        var p = new Parameter("small", file.ReadTensor("small.start"));
        float[] start = p.Value.Span.ToArray(), gradients = file.ReadFloats("small.gradients");
        p.SetTrainable(true);
        Moments moments = Moments.For(p, OptimizerKind.AdamW8Bit);

        for (int step = 0; step < settings.GetProperty("lr").GetArrayLength(); step++)
        {
            gradients.AsSpan(step * start.Length, start.Length).CopyTo(p.Gradient.Span);
            moments.Step(_pool, p, new AdamWStep(
                settings.GetProperty("lr")[step].GetDouble(), betas[0], betas[1], settings.GetProperty("eps").GetDouble(),
                settings.GetProperty("weight_decay").GetDouble(), step + 1));
        }

        float[] change = [.. p.Value.Span.ToArray().Zip(start, (a, b) => a - b)];
        float[] expected = [.. file.ReadFloats("small.adamw32.final").Zip(start, (a, b) => a - b)];
        Assert.Equal(2 * sizeof(float) * start.Length, moments.Bytes);
        output.WriteLine(FormattableString.Invariant($"{"adamw8bit",-22} small: moments of 32 bits, squared error of the change {Oracles.Nmse(change, expected):e1}"));
        Assert.InRange(Oracles.Nmse(change, expected), 0, 1e-8);
    }

    [Theory]
    [InlineData("large")]
    [InlineData("partial")]
    public void Parameters_codes_and_scales_are_those_of_the_formula(string name)
    {
        using SafetensorsFile file = SafetensorsFile.Open(Oracles.Shared("oracles", "optimizers", "adamw8bit.safetensors"));
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Oracles.Golden("optimizers", "cases.json")));
        JsonElement settings = document.RootElement.GetProperty("adamw8bit")[0];
        int[] recorded = [.. settings.GetProperty("recorded_steps").EnumerateArray().Select(e => e.GetInt32())];
        double[] betas = [.. settings.GetProperty("betas").EnumerateArray().Select(e => e.GetDouble())];
        Tensor p = file.ReadTensor(name + ".start");
        float[] start = p.Span.ToArray(), gradients = file.ReadFloats(name + ".gradients");
        float[] parameters = file.ReadFloats(name + ".formula.parameter"), scales1 = file.ReadFloats(name + ".formula.absmax1");
        float[] scales2 = file.ReadFloats(name + ".formula.absmax2");
        byte[] codes1 = file.Bytes(name + ".formula.codes1").ToArray(), codes2 = file.Bytes(name + ".formula.codes2").ToArray();
        int count = start.Length, blocks = (count + BlockwiseMoments.BlockSize - 1) / BlockwiseMoments.BlockSize;
        var moments = new BlockwiseMoments(count);

        for (int step = 0; step <= recorded[^1]; step++)
        {
            Tensor g = Tensor.From(gradients.AsSpan(step * count, count), p.Rows, p.Columns);
            AdamW8.Step(_pool, p, g, moments, new AdamWStep(
                settings.GetProperty("lr")[step].GetDouble(), betas[0], betas[1], settings.GetProperty("eps").GetDouble(),
                settings.GetProperty("weight_decay").GetDouble(), step + 1));
            int at = Array.IndexOf(recorded, step);
            if (at < 0)
            {
                continue;
            }

            float[] change = [.. p.Span.ToArray().Zip(start, (a, b) => a - b)];
            float[] expected = [.. parameters[(at * count)..((at + 1) * count)].Zip(start, (a, b) => a - b)];
            output.WriteLine(FormattableString.Invariant($"{"adamw8bit",-22} {name}: step {step}, squared error of the change {Oracles.Nmse(change, expected):e1}, codes compared one by one"));
            Assert.InRange(Oracles.Nmse(change, expected), 0, 1e-12);
            Assert.Equal(codes1[(at * count)..((at + 1) * count)], moments.MeanCodes.Span(0, count).ToArray());
            Assert.Equal(codes2[(at * count)..((at + 1) * count)], moments.SquareCodes.Span(0, count).ToArray());
            Assert.InRange(Oracles.Nmse(moments.MeanScales.Span, scales1.AsSpan(at * blocks, blocks)), 0, 1e-13);
            Assert.InRange(Oracles.Nmse(moments.SquareScales.Span, scales2.AsSpan(at * blocks, blocks)), 0, 1e-13);
        }
    }
}
