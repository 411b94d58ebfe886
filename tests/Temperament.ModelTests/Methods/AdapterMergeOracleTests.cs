using Temperament.Methods.Adapters;
using Temperament.Models;
using Temperament.Models.Checkpoints;
using Temperament.Models.Decoder;
using Temperament.ModelTests.Support;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;
using Xunit;

namespace Temperament.ModelTests.Methods;

/// <summary>Scaled, several at once, mixed and merged adapters give the numbers of peft.</summary>
public sealed class AdapterMergeOracleTests : IDisposable
{
    private readonly ComputePool _pool = new(1);

    public void Dispose() => _pool.Dispose();

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.5)]
    [InlineData(1.0)]
    [InlineData(2.0)]
    [InlineData(-1.0)]
    public void A_scaled_adapter_gives_the_logits_of_peft(double scale)
    {
        using LanguageModel model = Base("llama");
        float[] plain = Logits(model);
        LoraAdapter x = Load(model, "x");
        LoraAdapter scaled = AdapterMix.Combine(model.Network, [new ScaledAdapter(x, scale)]);
        scaled.Attach(model.Network);

        Assert.InRange(Oracles.Nmse(Logits(model), Expected(FormattableString.Invariant($"x.scale.{scale:0.0}"))), 0, 1e-10);
        if (scale == 0)
        {
            Assert.Equal(plain, Logits(model));
        }
    }

    [Fact]
    public void Two_adapters_at_once_add_up_and_are_taken_off_one_by_one()
    {
        using LanguageModel model = Base("llama");
        float[] plain = Logits(model);
        LoraAdapter x = Load(model, "x"), y = Load(model, "y");
        x.Attach(model.Network);
        float[] one = Logits(model);
        y.Attach(model.Network);

        Assert.InRange(Oracles.Nmse(one, Expected("x")), 0, 1e-10);
        Assert.InRange(Oracles.Nmse(Logits(model), Expected("x+y.active")), 0, 1e-10);
        x.Detach();
        Assert.InRange(Oracles.Nmse(Logits(model), Expected("y")), 0, 1e-10);
        x.Attach(model.Network);
        y.Detach();
        Assert.Equal(one, Logits(model));
        Assert.Throws<InvalidOperationException>(() => x.Attach(model.Network));
        x.Detach();
        Assert.Equal(plain, Logits(model));
    }

    [Theory]
    [InlineData("cat-0", 0.7, 0.3)]
    [InlineData("cat-1", 1.0, -0.5)]
    public void A_mix_is_the_concatenation_of_peft(string name, double first, double second)
    {
        using LanguageModel model = Base("llama");
        LoraAdapter mix = AdapterMix.Combine(
            model.Network, [new ScaledAdapter(Load(model, "x"), first), new ScaledAdapter(Load(model, "z"), second)]);
        using SafetensorsFile file = SafetensorsFile.Open(Oracles.Shared("oracles", "adapters", "merge", name + ".safetensors"));
        foreach ((string path, LowRank branch) in mix.Branches)
        {
            float[] expected = Product(file.ReadTensor(path + ".B"), file.ReadTensor(path + ".A"), 1);
            Assert.InRange(Oracles.Nmse(Product(branch.B.Value, branch.A.Value, branch.Scale), expected), 0, 1e-12);
        }

        mix.Attach(model.Network);
        Assert.InRange(Oracles.Nmse(Logits(model), Expected(name)), 0, 1e-10);
    }

    [Theory]
    [InlineData("llama", "f32")]
    [InlineData("llama-nf4", "nf4")]
    public void Merged_weights_are_those_of_peft_in_float32(string model, string name)
    {
        using LanguageModel loaded = Base(model);
        LoraAdapter x = Load(loaded, "x");
        using SafetensorsFile file = SafetensorsFile.Open(Oracles.Shared("oracles", "adapters", "merge", $"merged-x-into-{name}.safetensors"));

        var merged = AdapterMerge.Weights(loaded.Network, x).ToDictionary(m => m.Path, m => m.Weights);

        Assert.Equal(file.Tensors.Count, merged.Count);
        foreach ((string path, Tensor weights) in merged)
        {
            string stored = file.Tensors.Keys.Single(key => key.Contains(path, StringComparison.Ordinal));
            Assert.InRange(Oracles.Nmse(weights.Span, file.ReadFloats(stored)), 0, 1e-13);
        }

        x.Attach(loaded.Network);
        Assert.InRange(Oracles.Nmse(Logits(loaded), Expected("unmerged." + name)), 0, 1e-10);
        Assert.InRange(Oracles.Nmse(Logits(loaded), Expected("merged." + name)), 0, 1e-10);
    }

    [Fact]
    public void Two_adapters_that_replace_the_same_module_are_refused()
    {
        using LanguageModel model = Base("llama");
        string folder = Oracles.Shared("oracles", "adapters", "modules-to-save-head", "adapter");
        LoraAdapter first = AdapterFile.Load(folder, model.Network), second = AdapterFile.Load(folder, model.Network);
        first.Attach(model.Network);

        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => second.Attach(model.Network));

        Assert.Contains("lm_head.weight", error.Message, StringComparison.Ordinal);
        Assert.Throws<AdapterException>(() => AdapterMix.Combine(model.Network, [new ScaledAdapter(first, 0.5)]));
    }

    private static float[] Logits(LanguageModel model)
    {
        using SafetensorsFile file = SafetensorsFile.Open(Oracles.Shared("oracles", "adapters", "merge", "logits.safetensors"));
        return SmallLogits.Of(model.Network, file.ReadInt32("input_ids"));
    }

    private static float[] Expected(string name)
    {
        using SafetensorsFile file = SafetensorsFile.Open(Oracles.Shared("oracles", "adapters", "merge", "logits.safetensors"));
        return file.ReadFloats(name);
    }

    private static LoraAdapter Load(LanguageModel model, string name) =>
        AdapterFile.Load(Oracles.Shared("oracles", "adapters", "merge", name), model.Network);

    private static float[] Product(Tensor b, Tensor a, double scale)
    {
        var product = new float[b.Rows * a.Columns];
        for (int n = 0; n < b.Rows; n++)
        {
            for (int k = 0; k < a.Columns; k++)
            {
                double sum = 0;
                for (int r = 0; r < a.Rows; r++)
                {
                    sum += (double)b[n, r] * a[r, k];
                }

                product[(n * a.Columns) + k] = (float)(scale * sum);
            }
        }

        return product;
    }

    private LanguageModel Base(string name) => LanguageModel.Load(ModelSource.Open(Oracles.Shared("oracles", "training", "bases", name)), _pool);
}
