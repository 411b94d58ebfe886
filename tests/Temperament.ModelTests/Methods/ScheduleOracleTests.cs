using System.Text.Json;
using Temperament.Methods.Training;
using Temperament.Models.Checkpoints;
using Temperament.ModelTests.Support;
using Xunit;

namespace Temperament.ModelTests.Methods;

/// <summary>Learning rates are those of transformers, and clipping is that of torch.</summary>
public sealed class ScheduleOracleTests(ITestOutputHelper output)
{
    [Fact]
    public void Every_rate_of_every_schedule_equals_the_reference()
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Oracles.Golden("optimizers", "schedules.json")));
        int compared = 0;
        double baseRate = document.RootElement.GetProperty("base").GetDouble();
        foreach (JsonElement row in document.RootElement.GetProperty("rows").EnumerateArray())
        {
            ScheduleKind kind = row.GetProperty("schedule").GetString() switch
            {
                "linear" => ScheduleKind.Linear,
                "cosine" => ScheduleKind.Cosine,
                "constant" => ScheduleKind.Constant,
                _ => ScheduleKind.ConstantWithWarmup,
            };
            int steps = row.GetProperty("steps").GetInt32(), warmup = row.GetProperty("warmup_steps").GetInt32();
            var schedule = new Schedule(kind, steps, warmup, baseRate);
            double[] rates = [.. row.GetProperty("learning_rates").EnumerateArray().Select(e => e.GetDouble())];
            Assert.Equal(steps + 1, rates.Length);
            for (int step = 0; step < rates.Length; step++)
            {
                Assert.Equal(rates[step], schedule.RateAt(step), 1e-15);
                compared++;
            }

            string text = row.GetProperty("warmup").GetString()!;
            if (text.StartsWith("ratio ", StringComparison.Ordinal))
            {
                var config = new TrainingConfig
                {
                    MaxSteps = steps, WarmupRatio = double.Parse(text["ratio ".Length..], System.Globalization.CultureInfo.InvariantCulture),
                };
                Assert.Equal(warmup, config.ScheduleFor(1).WarmupSteps);
            }
        }

        output.WriteLine($"{"schedules",-22} {compared} rates within 1e-15");
    }

    [Theory]
    [InlineData("clip-active")]
    [InlineData("clip-inactive")]
    [InlineData("clip-one")]
    public void Clipping_multiplies_every_gradient_as_the_reference_does(string name)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Oracles.Golden("optimizers", "cases.json")));
        JsonElement spec = document.RootElement.GetProperty("clip").EnumerateArray().Single(c => c.GetProperty("name").GetString() == name);
        using SafetensorsFile file = SafetensorsFile.Open(Oracles.Golden("optimizers", name + ".safetensors"));
        string[] tensors = [.. file.Tensors.Keys.Where(key => key.StartsWith("before.", StringComparison.Ordinal))];
        double norm = Math.Sqrt(tensors.Sum(key => file.ReadFloats(key).Sum(g => (double)g * g)));

        double coefficient = GradientClip.Coefficient(norm, spec.GetProperty("max_norm").GetDouble());

        output.WriteLine(FormattableString.Invariant($"{name,-22} norm {norm:g9}, exact {spec.GetProperty("norm_exact").GetDouble():g9}, coefficient {coefficient:g9}"));
        Assert.Equal(spec.GetProperty("norm_exact").GetDouble(), norm, 1e-9);
        foreach (string key in tensors)
        {
            float[] before = file.ReadFloats(key), after = file.ReadFloats("after." + key["before.".Length..]);
            for (int i = 0; i < before.Length; i++)
            {
                Assert.InRange(Math.Abs((before[i] * (float)coefficient) - after[i]), 0, 1e-6 * Math.Abs(after[i]));
            }
        }
    }
}
