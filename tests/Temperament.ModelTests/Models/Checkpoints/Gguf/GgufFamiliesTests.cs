using System.Text.Json;
using Temperament.Models;
using Temperament.Models.Checkpoints;
using Temperament.Models.Checkpoints.Gguf;
using Temperament.Models.Checkpoints.Writing;
using Temperament.Models.Decoder;
using Temperament.ModelTests.Support;
using Temperament.Tensors.Threading;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.ModelTests.Models.Checkpoints.Gguf;

/// <summary>
/// The reference folders of every family, written as GGUF and read again: logits still equal the reference (NMSE 1e-10, as in the README of
/// the references), and a folder made from the GGUF file computes the same.
/// </summary>
public sealed class GgufFamiliesTests : IDisposable
{
    private readonly string _folder = TemporaryFolder.New("temper-gguf");
    private readonly ComputePool _pool = new(1);

    public static TheoryData<string, string> Folders => new()
    {
        { "llama-gqa", "llama" }, { "golden/llama-tied-llama3rope", "llama" }, { "llama-linear", "llama" }, { "llama-yarn", "llama" },
        { "llama-sharded", "llama" }, { "smollm2-like", "llama" }, { "mistral-window", "llama" }, { "qwen2", "qwen2" }, { "qwen3", "qwen3" },
        { "gemma", "gemma" }, { "gemma2", "gemma2" }, { "golden/gemma3-text", "gemma3" }, { "phi3", "phi3" }, { "phi3-longrope", "phi3" },
        { "golden/gpt2", "gpt2" }, { "golden/gptj", "gptj" },
    };

    public void Dispose()
    {
        _pool.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory, MemberData(nameof(Folders))]
    public void A_family_goes_to_gguf_and_back_and_computes_what_the_reference_does(string model, string architecture)
    {
        string folder = Resolve(model), file = At("m.gguf"), back = At("back");
        using (ModelSource source = ModelSource.Open(folder))
        {
            GgufModelWriter.Write(file, source, StoredAs.F32, _pool);
        }

        using (GgufFile written = GgufFile.Open(file))
        {
            Assert.Equal(architecture, written.GetString("general.architecture"));
        }

        using LanguageModel original = Load(folder), inGguf = Load(file);
        AssertSameShape(original.Config, inGguf.Config);
        AssertReference(folder, inGguf.Network);
        Assert.Equal(original.Tokenizer.Encode("The 7 cats don't sleep; naïve 😊", true), inGguf.Tokenizer.Encode("The 7 cats don't sleep; naïve 😊", true));

        using (ModelSource source = ModelSource.Open(file))
        {
            FolderWriter.Write(back, source, StoredAs.F32, _pool);
        }

        using LanguageModel inFolder = Load(back);
        AssertSameShape(inGguf.Config, inFolder.Config);
        int[] tokens = Sequence(folder, "s17");
        Assert.Equal(SmallLogits.Of(inGguf.Network, tokens), SmallLogits.Of(inFolder.Network, tokens));
    }

    // What llama.cpp looks for, so that names cannot be wrong in the same way on both sides.
    [Theory]
    [InlineData("golden/gemma3-text", "blk.0.attn_norm blk.0.attn_q blk.0.attn_k blk.0.attn_v blk.0.attn_q_norm blk.0.attn_k_norm blk.0.attn_output "
        + "blk.0.post_attention_norm blk.0.ffn_norm blk.0.ffn_gate blk.0.ffn_up blk.0.ffn_down blk.0.post_ffw_norm output_norm token_embd",
        "gemma3.attention.sliding_window gemma3.rope.freq_base_swa gemma3.rope.scaling.factor gemma3.attention.layer_norm_rms_epsilon")]
    [InlineData("phi3-longrope", "rope_factors_long rope_factors_short blk.0.attn_qkv blk.0.attn_output blk.0.ffn_up blk.0.ffn_down",
        "phi3.rope.scaling.attn_factor phi3.rope.scaling.original_context_length phi3.attention.sliding_window phi3.rope.dimension_count")]
    [InlineData("golden/gpt2", "position_embd blk.0.attn_qkv blk.0.attn_output blk.0.ffn_up blk.0.ffn_down blk.0.ffn_norm output_norm token_embd",
        "gpt2.attention.layer_norm_epsilon gpt2.context_length gpt2.feed_forward_length tokenizer.ggml.merges")]
    [InlineData("gemma2", "blk.1.post_ffw_norm", "gemma2.attn_logit_softcapping gemma2.final_logit_softcapping gemma2.attention.key_length")]
    public void Names_are_those_that_other_programs_look_for(string model, string tensors, string keys)
    {
        using (ModelSource source = ModelSource.Open(Resolve(model)))
        {
            GgufModelWriter.Write(At("m.gguf"), source, StoredAs.F32, _pool);
        }

        using GgufFile file = GgufFile.Open(At("m.gguf"));
        Assert.All(tensors.Split(' '), name => Assert.Contains(name + ".weight", file.Tensors.Keys));
        Assert.All(keys.Split(' '), key => Assert.Contains(key, file.Keys));
    }

    [Fact]
    public void Norms_of_gemma_hold_the_factor_and_not_its_distance_from_one()
    {
        using ModelSource source = ModelSource.Open(Resolve("golden/gemma3-text"));
        GgufModelWriter.Write(At("m.gguf"), source, StoredAs.F32, _pool);

        using GgufFile file = GgufFile.Open(At("m.gguf"));
        float[] inFile = file.ReadTensor("blk.0.attn_q_norm.weight").ToArray();
        Assert.Equal(source.LoadWeight("model.layers.0.self_attn.q_norm.weight").ToArray().Select(w => 1 + w), inFile);
    }

    [Theory]
    [InlineData("golden/gemma3-text", StoredAs.Q80)]
    [InlineData("golden/gemma3-text", StoredAs.Bf16)]
    [InlineData("golden/gpt2", StoredAs.Q80)]
    [InlineData("golden/gptj", StoredAs.F16)]
    public void Narrow_types_read_as_the_rounded_weights(string model, StoredAs stored)
    {
        string folder = Resolve(model), file = At("m.gguf");
        using ModelSource source = ModelSource.Open(folder);

        GgufModelWriter.Write(file, source, stored, _pool);

        using ModelSource written = ModelSource.Open(file);
        foreach (WeightSlot slot in source.Weights)
        {
            float[] expected = WeightRounding.Round(WeightRounding.InGguf(slot, stored), source.LoadWeight(slot.Name), null).ToArray();
            Assert.True(Oracles.Nmse(written.LoadWeight(slot.Name).ToArray(), expected) < 1e-12, slot.Name);
        }
    }

    [Fact]
    public void A_way_to_stretch_frequencies_that_the_format_does_not_have_is_refused()
    {
        using ModelSource source = ModelSource.Open(Resolve("llama-dynamic"));

        CheckpointException e = Assert.Throws<CheckpointException>(() => GgufModelWriter.Write(At("m.gguf"), source, StoredAs.F32, _pool));

        Assert.Contains("rotary scaling dynamic", e.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    private static string Resolve(string model) => model.StartsWith("golden/", StringComparison.Ordinal)
        ? Oracles.Golden("models", model["golden/".Length..]) : Oracles.Shared("oracles", "models", model);

    private static int[] Sequence(string folder, string name)
    {
        using JsonDocument oracle = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "oracle.json")));
        return [.. oracle.RootElement.GetProperty("sequences").GetProperty(name).EnumerateArray().Select(id => id.GetInt32())];
    }

    private static void AssertReference(string folder, DecoderNetwork network)
    {
        using SafetensorsFile expected = SafetensorsFile.Open(Path.Combine(folder, "oracle.safetensors"));
        foreach (string name in new[] { "s1", "s17", "s48" })
        {
            double error = Oracles.Nmse(SmallLogits.Of(network, Sequence(folder, name)), expected.ReadFloats($"logits.{name}"));
            Assert.True(error <= 1e-10, $"logits.{name}: {error:E2}");
        }
    }

    private static void AssertSameShape(DecoderConfig expected, DecoderConfig actual)
    {
        Assert.Equal(expected with { Windows = null, RopeScaling = null }, actual with { Windows = null, RopeScaling = null });
        Assert.Equal(expected.Windows, actual.Windows);
        foreach (int length in new[] { 1, 48, 100_000 })
        {
            float[] frequencies = RopeFrequencies.Inverse(actual, length);
            Assert.All(RopeFrequencies.Inverse(expected, length).Zip(frequencies), pair => Assert.Equal(pair.First, pair.Second, pair.First * 1e-6));
        }

        Assert.Equal(RopeFrequencies.AttentionFactor(expected), RopeFrequencies.AttentionFactor(actual), 1e-6);
    }

    private LanguageModel Load(string path) => LanguageModel.Load(ModelSource.Open(path), _pool);

    private string At(string name) => Path.Combine(_folder, name);
}
