using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using Temperament.Models;
using Temperament.Models.Checkpoints;
using Temperament.Models.Decoder;
using Temperament.Models.Generation;
using Temperament.ModelTests.Support;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Quantization;
using Temperament.Tensors.Threading;
using Xunit;

namespace Temperament.ModelTests.Models.Checkpoints.Gguf;

/// <summary>SmolLM2-135M-Instruct in Q4_1, against transformers on the widened weights.</summary>
public sealed class SmolLm2OracleTests(ITestOutputHelper output) : IDisposable
{
    private const string FileName = "SmolLM2-135M-Instruct.Q4_1.gguf";

    private readonly ComputePool _pool = new(2);

    public void Dispose() => _pool.Dispose();

    [Fact]
    public void Logits_greedy_answers_and_perplexity_are_those_of_the_reference()
    {
        string folder = Folder();
        using JsonDocument oracle = Oracle(folder);
        using SafetensorsFile golden = SafetensorsFile.Open(Path.Combine(folder, "oracle.safetensors"));
        long before = Stopwatch.GetTimestamp();
        using LanguageModel model = LanguageModel.Load(ModelSource.Open(Path.Combine(folder, FileName)), _pool);
        output.WriteLine($"loaded in {Stopwatch.GetElapsedTime(before).TotalSeconds:F2} s");

        Assert.Equal(134_515_008, model.Config.ParameterCount);
        Assert.Equal("b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53", model.WeightsHash);
        JsonElement[] prompts = [.. oracle.RootElement.GetProperty("prompts").EnumerateArray()];
        for (int i = 0; i < prompts.Length; i++)
        {
            Tensor logits = SinglePass.Logits(model.Network, Ids(prompts[i]));
            AssertLastLogits(logits, golden.ReadTensor($"logits.{i}"), 1e-10);
        }

        IReadOnlyList<GeneratedTokens> answers = Generator.Generate(model.Network, [.. prompts.Select(p => Ids(p))], new HashSet<int>(),
            new GenerationOptions { MaxNewTokens = 40, Temperature = 0 });
        for (int i = 0; i < prompts.Length; i++)
        {
            Assert.Equal(Ids(prompts[i], "greedy"), answers[i].Tokens);
        }

        AssertPerplexity(model.Network, oracle.RootElement.GetProperty("paragraph"), Ids(oracle.RootElement.GetProperty("paragraph")), 1e-3, 2e-4);
    }

    [Fact]
    public void Nf4_of_the_widened_weights_is_equal_to_the_byte()
    {
        string folder = Folder();
        using JsonDocument oracle = Oracle(folder);
        using SafetensorsFile golden = SafetensorsFile.Open(Path.Combine(folder, "oracle.safetensors"));
        JsonElement nf4 = oracle.RootElement.GetProperty("nf4");
        using ModelSource source = ModelSource.Open(Path.Combine(folder, FileName));
        WeightMatrix Store(string name) => WeightMatrix.FromNf4(
            Nf4.Quantize(source.LoadWeight(name), true, nf4.GetProperty("offsets").GetProperty(name).GetSingle(), _pool));

        var network = new DecoderNetwork(source.Config, new DecoderWeights(source.Config, source.LoadWeight, Store), _pool);

        Dictionary<string, Linear> linears = network.Weights.Linears.ToDictionary(l => l.Name + ".weight");
        foreach (JsonProperty tensor in nf4.GetProperty("tensors").EnumerateObject())
        {
            Nf4Matrix matrix = linears[tensor.Name].Weight.Nf4!;
            Assert.Equal(tensor.Value.GetProperty("packed_sha256").GetString(), Hash(matrix.StoredCodes()));
            Assert.Equal(tensor.Value.GetProperty("absmax_u8_sha256").GetString(),
                Hash(matrix.StoredAbsMaxCodes()));
        }

        JsonElement[] prompts = [.. oracle.RootElement.GetProperty("prompts").EnumerateArray()];
        for (int i = 0; i < prompts.Length; i++)
        {
            AssertLastLogits(SinglePass.Logits(network, Ids(prompts[i])), golden.ReadTensor($"nf4.logits.{i}"), 1e-10);
        }

        AssertPerplexity(network, nf4, Ids(oracle.RootElement.GetProperty("paragraph")), 1e-3, 2e-4);
    }

    private static string Folder() => Oracles.Shared("models", "smollm2-135m-instruct");

    private static JsonDocument Oracle(string folder) => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "oracle.json")));

    private static int[] Ids(JsonElement element, string name = "ids") => [.. element.GetProperty(name).EnumerateArray().Select(e => e.GetInt32())];

    private static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private void AssertLastLogits(Tensor logits, Tensor expected, double tolerance)
    {
        double error = Oracles.Nmse(logits.Row(logits.Rows - 1), expected.Span);
        output.WriteLine($"NMSE of the last logits {error:E2}");
        Assert.InRange(error, 0, tolerance);
    }

    private void AssertPerplexity(DecoderNetwork network, JsonElement expected, int[] ids, double tolerance, double each)
    {
        Tensor logits = SinglePass.Logits(network, ids);
        double[] reference = [.. expected.GetProperty("logprobs").EnumerateArray().Select(e => e.GetDouble())];
        double sum = 0, worst = 0;
        for (int i = 0; i + 1 < ids.Length; i++)
        {
            double logSum = 0, max = double.NegativeInfinity;
            foreach (float logit in logits.Row(i))
            {
                max = Math.Max(max, logit);
            }

            foreach (float logit in logits.Row(i))
            {
                logSum += Math.Exp(logit - max);
            }

            double logProbability = logits[i, ids[i + 1]] - max - Math.Log(logSum);
            worst = Math.Max(worst, Math.Abs(logProbability - reference[i]));
            sum += logProbability;
        }

        double perplexity = Math.Exp(-sum / reference.Length);
        output.WriteLine($"perplexity {perplexity:F4}, worst log-probability {worst:E2}");
        Assert.Equal(ids.Length - 1, reference.Length);
        Assert.InRange(worst, 0, each);
        Assert.InRange(perplexity - expected.GetProperty("perplexity").GetDouble(), -tolerance, tolerance);
    }
}
