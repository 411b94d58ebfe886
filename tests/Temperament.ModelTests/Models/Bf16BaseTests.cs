using Temperament.Models;
using Temperament.Models.Checkpoints;
using Temperament.Models.Decoder;
using Temperament.ModelTests.Support;
using Temperament.Studies.Organism;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Quantization;
using Temperament.Tensors.Threading;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.ModelTests.Models;

/// <summary>A base whose linear layers are kept in bfloat16. The witness is the same network in float32 with the same numbers.</summary>
public sealed class Bf16BaseTests : IDisposable
{
    private readonly ComputePool _pool = new(2);

    public void Dispose() => _pool.Dispose();

    [Theory]
    [InlineData("llama-tied-llama3rope")]
    [InlineData("gpt2")]
    public void A_float32_checkpoint_is_rounded_layer_by_layer(string folder)
    {
        using LanguageModel halves = LanguageModel.Load(ModelSource.Open(Oracles.Golden("models", folder)), _pool, BaseQuantization.Bf16);
        using LanguageModel witness = LanguageModel.Load(ModelSource.Open(Oracles.Golden("models", folder)), _pool);
        foreach (Linear linear in witness.Network.Weights.Linears)
        {
            Tensor weights = linear.Weight.Dense;
            using Bf16Matrix rounded = Bf16Matrix.Round(weights);
            rounded.Widen(weights);
        }

        AssertSameLogits(witness, halves);
    }

    [Fact]
    public void A_checkpoint_in_bfloat16_is_kept_as_it_is()
    {
        using LanguageModel halves = LanguageModel.Load(ModelCatalog.Open("organism"), _pool, BaseQuantization.Bf16);
        using LanguageModel witness = LanguageModel.Load(ModelCatalog.Open("organism"), _pool);
        AssertSameLogits(witness, halves);
    }

    [Fact]
    public void Numbers_that_are_not_finite_are_refused_by_name_and_place()
    {
        byte[] bytes = [0, 0, 128, 63, 128, 255, 0, 0];
        string path = Path.Combine(TemporaryFolder.New("halves"), "w.safetensors");
        Tensor weights = Tensor.From([0, 1, float.NegativeInfinity, 0], 2, 2);
        SafetensorsWriter.Write(path, [SafetensorsTensor.Bf16("w", weights)]);
        using SafetensorsFile file = SafetensorsFile.Open(path);
        Assert.Equal(bytes, file.Bytes("w").ToArray());
        Assert.Contains("w[1, 0] = -Infinity", Assert.Throws<CheckpointException>(() => file.ReadBf16("w", _pool)).Message, StringComparison.Ordinal);
    }

    // Many rows at once, then one, as a prompt and a generated token are.
    private static void AssertSameLogits(LanguageModel witness, LanguageModel halves)
    {
        Assert.All(halves.Network.Weights.Linears, linear => Assert.Equal(WeightFormat.Bf16, linear.Weight.Format));
        foreach (int tokens in new[] { 40, 3, 1 })
        {
            int[] ids = [.. Enumerable.Range(1, tokens)];
            Assert.Equal(SmallLogits.Of(witness.Network, ids), SmallLogits.Of(halves.Network, ids));
        }
    }
}
