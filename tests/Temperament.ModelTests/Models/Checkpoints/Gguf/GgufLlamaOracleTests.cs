using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Temperament.Methods.Adapters;
using Temperament.Models;
using Temperament.Models.Checkpoints;
using Temperament.Models.Decoder;
using Temperament.ModelTests.Support;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;
using Xunit;

namespace Temperament.ModelTests.Models.Checkpoints.Gguf;

/// <summary>A random model in GGUF against the logits of llama.cpp.</summary>
public sealed class GgufLlamaOracleTests
{
    [Fact]
    public void Logits_are_those_of_llama_cpp()
    {
        string folder = Oracles.Shared("oracles", "gguf-llama");
        float[] expected = Numbers(folder, "llama-gqa.logits.npy");
        int[] tokens = MemoryMarshal.Cast<byte, int>(File.ReadAllBytes(Path.Combine(folder, "tokens.i32"))).ToArray();
        using var pool = new ComputePool(2);
        using LanguageModel model = LanguageModel.Load(ModelSource.Open(Path.Combine(folder, "llama-gqa.gguf")), pool);

        Tensor logits = SinglePass.Logits(model.Network, tokens);

        Assert.Equal(16, model.Config.HeadSize);
        Assert.InRange(Oracles.Nmse(logits.Span, expected), 0, 1e-10);
    }

    [Fact]
    public void Logits_with_the_adapter_are_those_of_llama_cpp()
    {
        string folder = Oracles.Shared("oracles", "gguf-llama");
        float[] expected = Numbers(folder, "llama-gqa.lora-r8-a16.logits.npy");
        int[] tokens = MemoryMarshal.Cast<byte, int>(File.ReadAllBytes(Path.Combine(folder, "tokens.i32"))).ToArray();
        using var pool = new ComputePool(2);
        using LanguageModel model = LanguageModel.Load(ModelSource.Open(Path.Combine(folder, "llama-gqa.gguf")), pool);

        LoraAdapter adapter = AdapterFile.Load(Path.Combine(folder, "llama-gqa.lora-r8-a16.gguf"), model.Network);
        adapter.Attach(model.Network);
        Tensor logits = SinglePass.Logits(model.Network, tokens);

        Assert.Equal((8, 16, 7 * model.Config.Layers), (adapter.Config.Rank, adapter.Config.Alpha, adapter.Branches.Count));
        Assert.InRange(Oracles.Nmse(logits.Span, expected), 0, 1e-10);
    }

    [Fact]
    public void An_adapter_is_no_model()
    {
        string path = Oracles.Shared("oracles", "gguf-llama", "llama-gqa.lora-r8-a16.gguf");

        Assert.Contains("type adapter", Assert.Throws<CheckpointException>(() => ModelSource.Open(path)).Message, StringComparison.Ordinal);
    }

    private static float[] Numbers(string folder, string name)
    {
        byte[] array = File.ReadAllBytes(Path.Combine(folder, name));
        int header = 10 + BinaryPrimitives.ReadUInt16LittleEndian(array.AsSpan(8));
        return MemoryMarshal.Cast<byte, float>(array.AsSpan(header)).ToArray();
    }
}
