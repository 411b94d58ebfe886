using System.Text.Json;
using Temperament.Models.Checkpoints;
using Temperament.ModelTests.Measures;
using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;
using Xunit;

namespace Temperament.ModelTests.Tensors.Kernels;

/// <summary>The witness is torch.optim.AdamW 2.13.0, after every step.</summary>
public sealed class AdamWOracleTests(ITestOutputHelper output) : IDisposable
{
    private readonly ComputePool _pool = new(2);

    public void Dispose() => _pool.Dispose();

    public static TheoryData<string, string> Parameters() => new()
    {
        { "adamw", "matrix" }, { "adamw", "vector" }, { "adamw-schedule", "matrix" }, { "adamw-edge", "edge" },
    };

    [Theory]
    [MemberData(nameof(Parameters))]
    public void Every_step_moves_parameters_and_moments_as_torch_does(string name, string parameter)
    {
        using SafetensorsFile file = SafetensorsFile.Open(OracleFiles.Golden($"optimizers/{name}.safetensors"));
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(OracleFiles.Golden("optimizers/cases.json")));
        JsonElement settings = document.RootElement.GetProperty("adamw").EnumerateArray().Single(c => c.GetProperty("name").GetString() == name);
        double[] rates = [.. settings.GetProperty("lr").EnumerateArray().Select(r => r.GetDouble())];
        double[] betas = [.. settings.GetProperty("betas").EnumerateArray().Select(b => b.GetDouble())];
        float[] start = file.ReadFloats(parameter + ".start");
        Tensor p = Row(start), m = Tensor.Zeros(1, start.Length), v = Tensor.Zeros(1, start.Length);

        double worst = 0;
        for (int step = 0; step < rates.Length; step++)
        {
            float[] before = p.Span.ToArray();
            AdamW.Step(_pool, p, Row(Step(file, parameter + ".gradients", step)), m, v, new AdamWStep(
                rates[step],
                betas[0],
                betas[1],
                settings.GetProperty("eps").GetDouble(),
                settings.GetProperty("weight_decay").GetDouble(),
                step + 1));

            worst = Math.Max(worst, Error(start, p, Step(file, parameter + ".parameter", step)));
            Assert.InRange(worst, 0, 1e-8);
            Assert.InRange(Error(new float[start.Length], m, Step(file, parameter + ".exp_avg", step)), 0, 1e-12);
            Assert.InRange(Error(new float[start.Length], v, Step(file, parameter + ".exp_avg_sq", step)), 0, 1e-12);
            if (rates[step] == 0)
            {
                Assert.Equal(before, p.Span.ToArray());
                Assert.Contains(m.Span.ToArray(), value => value != 0);
            }
        }

        output.WriteLine(FormattableString.Invariant($"{name,-22} {parameter}: {rates.Length} steps, squared error of the change {worst:e1}"));
    }

    private static float[] Step(SafetensorsFile file, string name, int step)
    {
        float[] all = file.ReadFloats(name);
        int size = all.Length / (int)file.Tensors[name].Shape[0];
        return all[(step * size)..((step + 1) * size)];
    }

    private static Tensor Row(float[] values) => Tensor.From(values, 1, values.Length);

    /// <summary>Normalised squared error of the change since the start.</summary>
    private static double Error(float[] start, Tensor actual, float[] expected)
    {
        double error = 0, size = 0;
        for (int i = 0; i < start.Length; i++)
        {
            error += Math.Pow((double)actual[0, i] - expected[i], 2);
            size += Math.Pow((double)expected[i] - start[i], 2);
        }

        return error == 0 ? 0 : error / size;
    }
}
