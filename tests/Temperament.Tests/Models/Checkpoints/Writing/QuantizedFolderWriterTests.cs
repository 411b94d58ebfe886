using System.Text.Json;
using Temperament.Models;
using Temperament.Models.Checkpoints;
using Temperament.Models.Checkpoints.Writing;
using Temperament.Models.Replay;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Models.Checkpoints.Writing;

public sealed class QuantizedFolderWriterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ComputePool _pool = new(2);

    public QuantizedFolderWriterTests() => RandomCheckpoint.Write(_folder["random"], "tiny", 7, StoredAs.Bf16, _pool);

    public void Dispose()
    {
        _pool.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_written_folder_is_the_model_quantised_in_memory(bool twice)
    {
        using (ModelSource source = ModelSource.Open(_folder["random"]))
        {
            QuantizedFolderWriter.Write(_folder["nf4"], source, twice, StoredAs.Bf16, _pool);
        }

        ReplayRecord expected;
        using (LanguageModel memory = LanguageModel.Load(ModelSource.Open(_folder["random"]), _pool, twice ? BaseQuantization.Nf4Double : BaseQuantization.Nf4))
        {
            expected = ReplayRecord.Of(memory);
        }

        using LanguageModel written = LanguageModel.Load(ModelSource.Open(_folder["nf4"]), _pool);
        ReplayComparison comparison = expected.Compare(written);
        comparison.RequireSame("written");
        Assert.Equal(0, comparison.LargestError);
        Assert.All(written.Network.Weights.Linears, linear => Assert.Equal(twice, linear.Weight.Nf4!.IsDoubleQuantized));
    }

    [Fact]
    public void Tensors_are_aligned_and_described_as_bitsandbytes_does()
    {
        using (ModelSource source = ModelSource.Open(_folder["random"]))
        {
            QuantizedFolderWriter.Write(_folder["nf4"], source, true, StoredAs.Bf16, _pool);
        }

        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(_folder["nf4"], "model.safetensors"));
        Assert.All(file.Tensors.Values, t => Assert.Equal(0, t.Start % SafetensorsEntry.ElementSize(t.Dtype)));
        const string Name = "model.layers.0.self_attn.q_proj.weight";
        Assert.Equal(["", ".absmax", ".nested_absmax", ".nested_quant_map", ".quant_map", ".quant_state.bitsandbytes__nf4"],
            file.Tensors.Keys.Where(name => name.StartsWith(Name, StringComparison.Ordinal)).Select(name => name[Name.Length..]).Order(StringComparer.Ordinal));
        Assert.Equal([64 * 64 / 2, 1], file.Tensors[Name].Shape);
        using JsonDocument state = JsonDocument.Parse(file.Bytes(Name + ".quant_state.bitsandbytes__nf4").ToArray());
        Assert.Equal("nf4", state.RootElement.GetProperty("quant_type").GetString());
        Assert.Equal(64, state.RootElement.GetProperty("shape")[0].GetInt32());
        using JsonDocument config = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(_folder["nf4"], "config.json")));
        Assert.True(config.RootElement.GetProperty("quantization_config").GetProperty("bnb_4bit_use_double_quant").GetBoolean());
    }

    [Fact]
    public void Random_weights_are_of_the_asked_deviation_and_the_same_for_all_threads()
    {
        using var one = new ComputePool(1);
        RandomCheckpoint.Write(_folder["again"], "tiny", 7, StoredAs.Bf16, one);
        RandomCheckpoint.Write(_folder["other"], "tiny", 8, StoredAs.Bf16, one);

        byte[] first = File.ReadAllBytes(Path.Combine(_folder["random"], "model.safetensors"));
        Assert.Equal(first, File.ReadAllBytes(Path.Combine(_folder["again"], "model.safetensors")));
        Assert.NotEqual(first, File.ReadAllBytes(Path.Combine(_folder["other"], "model.safetensors")));
        using ModelSource source = ModelSource.Open(_folder["random"]);
        Tensor table = source.LoadWeight("model.embed_tokens.weight");
        double mean = 0, square = 0;
        foreach (float value in table.Span)
        {
            mean += value;
            square += (double)value * value;
        }

        Assert.InRange(mean / table.Count, -5e-4, 5e-4);
        Assert.InRange(Math.Sqrt(square / table.Count), 0.0195, 0.0205);
    }

    [Fact]
    public void A_model_in_several_files_is_the_same_model()
    {
        using ModelSource source = ModelSource.Open(_folder["random"]);

        FolderWriter.Write(_folder["shards"], source, StoredAs.Bf16, _pool, shardBytes: 50_000);

        using ModelSource shards = ModelSource.Open(_folder["shards"]);
        Assert.True(Directory.GetFiles(_folder["shards"], "model-*-of-*.safetensors").Length > 3);
        Assert.All(source.Weights, slot => Assert.True(source.LoadWeight(slot.Name).ToArray().AsSpan().SequenceEqual(shards.LoadWeight(slot.Name).ToArray())));
        Assert.Equal(source.WeightsHash, shards.WeightsHash);
    }
}
