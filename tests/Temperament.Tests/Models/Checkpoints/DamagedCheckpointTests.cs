using System.Text.Json.Nodes;
using Temperament.Models.Checkpoints;
using Temperament.Models.Checkpoints.Writing;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Models.Checkpoints;

/// <summary>Faults of whole checkpoints: each is named with its file, what was read, what was expected, and the hint.</summary>
public sealed class DamagedCheckpointTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ComputePool _pool = new(2);
    private readonly string _model;

    public DamagedCheckpointTests()
    {
        _model = _folder["model"];
        RandomCheckpoint.Write(_model, "tiny", 1, StoredAs.F32, _pool);
    }

    public void Dispose()
    {
        _pool.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(float.NaN, "NaN")]
    [InlineData(float.NegativeInfinity, "-Infinity")]
    public void A_weight_that_is_no_number_is_named_with_its_place(float value, string shown)
    {
        Rewrite(name => name == "model.layers.1.mlp.up_proj.weight", (t, _) => t[3, 5] = value);
        using ModelSource source = ModelSource.Open(_model);
        source.Pool = _pool;

        CheckpointException error = Assert.Throws<CheckpointException>(() => source.LoadWeight("model.layers.1.mlp.up_proj.weight"));

        Assert.Contains($"model.layers.1.mlp.up_proj.weight[3, 5] = {shown}", error.Read, StringComparison.Ordinal);
        Assert.Equal("finite numbers", error.Expected);
        Assert.EndsWith("model.safetensors", error.Path, StringComparison.Ordinal);
    }

    [Fact]
    public void Layers_that_the_configuration_does_not_count_are_no_part_of_another_model()
    {
        Edit("config.json", "num_hidden_layers", 1);

        CheckpointException error = Assert.Throws<CheckpointException>(() => ModelSource.Open(_model));

        Assert.Contains("a weight of layer 1", error.Read, StringComparison.Ordinal);
        Assert.Equal("layers from 0 to 0, as config.json says", error.Expected);
    }

    [Fact]
    public void Rotations_of_no_angle_are_refused()
    {
        Edit("config.json", "rope_theta", 0);

        Assert.Contains("0 at rope_theta; expected a number above 0", Assert.Throws<CheckpointException>(() => ModelSource.Open(_model)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_weight_and_a_wrong_shape_are_named()
    {
        Edit("config.json", "intermediate_size", 200);
        using (ModelSource source = ModelSource.Open(_model))
        {
            CheckpointException shape = Assert.Throws<CheckpointException>(() => source.LoadWeight("model.layers.0.mlp.up_proj.weight"));
            Assert.Contains("(192, 64)", shape.Read, StringComparison.Ordinal);
            Assert.Contains("(200, 64)", shape.Expected, StringComparison.Ordinal);
        }

        Edit("config.json", "num_hidden_layers", 3);
        using ModelSource missing = ModelSource.Open(_model);
        Assert.Contains("model.layers.2.mlp.up_proj.weight",
            Assert.Throws<CheckpointException>(() => missing.LoadWeight("model.layers.2.mlp.up_proj.weight")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_of_another_type_are_refused()
    {
        string path = Path.Combine(_model, "model.safetensors");
        SafetensorsWriter.Write(path, [SafetensorsTensor.I32("model.norm.weight", [64], new int[64])]);
        using ModelSource source = ModelSource.Open(_model);

        Assert.Contains("of type I32", Assert.Throws<CheckpointException>(() => source.LoadWeight("model.norm.weight")).Read, StringComparison.Ordinal);
    }

    [Fact]
    public void Shards_that_are_missing_or_lead_elsewhere_are_named()
    {
        File.Delete(Path.Combine(_model, "model.safetensors"));
        string index = Path.Combine(_model, "model.safetensors.index.json");
        File.WriteAllText(index, """{"weight_map": {"a": "model-00001-of-00002.safetensors"}}""");
        Assert.Contains("model-00001-of-00002.safetensors", Assert.Throws<CheckpointException>(() => ModelSource.Open(_model)).Path, StringComparison.Ordinal);

        File.WriteAllText(index, """{"weight_map": {"a": "../elsewhere.safetensors"}}""");
        Assert.Contains("outside of its folder", Assert.Throws<CheckpointException>(() => ModelSource.Open(_model)).Hint, StringComparison.Ordinal);

        File.WriteAllText(index, """{"weight_map": {"a": 1}}""");
        Assert.Contains("index.json", Assert.Throws<CheckpointException>(() => ModelSource.Open(_model)).Path, StringComparison.Ordinal);

        File.WriteAllText(index, "{");
        Assert.Contains("no JSON", Assert.Throws<CheckpointException>(() => ModelSource.Open(_model)).Read, StringComparison.Ordinal);
    }

    [Fact]
    public void A_weight_in_two_shards_is_refused()
    {
        File.Delete(Path.Combine(_model, "model.safetensors"));
        foreach (string shard in (string[])["a.safetensors", "b.safetensors"])
        {
            SafetensorsWriter.Write(Path.Combine(_model, shard), [SafetensorsTensor.F32("w", [1], [1f])]);
        }

        File.WriteAllText(Path.Combine(_model, "model.safetensors.index.json"), """{"weight_map": {"w": "a.safetensors", "v": "b.safetensors"}}""");

        Assert.Contains("w in a.safetensors and in b.safetensors", Assert.Throws<CheckpointException>(() => ModelSource.Open(_model)).Read, StringComparison.Ordinal);
    }

    [Fact]
    public void A_quantised_layer_with_a_damaged_part_is_named()
    {
        string nf4 = _folder["nf4"];
        using (ModelSource source = ModelSource.Open(_model))
        {
            QuantizedFolderWriter.Write(nf4, source, false, StoredAs.F32, _pool);
        }

        const string Name = "model.layers.0.self_attn.q_proj.weight";
        string path = Path.Combine(nf4, "model.safetensors");
        byte[] bytes = File.ReadAllBytes(path);
        long start = 8 + BitConverter.ToInt64(bytes);
        using (SafetensorsFile file = SafetensorsFile.Parse("memory", bytes))
        {
            BitConverter.GetBytes(float.NaN).CopyTo(bytes, start + file.Tensors[Name + ".absmax"].Start);
        }

        File.WriteAllBytes(path, bytes);
        using ModelSource damaged = ModelSource.Open(nf4);
        Assert.Contains($"{Name}.absmax", Assert.Throws<CheckpointException>(() => damaged.LoadQuantized(Name)).Read, StringComparison.Ordinal);
    }

    private void Edit(string file, string field, int value)
    {
        string path = Path.Combine(_model, file);
        JsonObject json = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        json[field] = value;
        File.WriteAllText(path, json.ToJsonString());
    }

    private void Rewrite(Func<string, bool> which, Action<Tensor, string> change)
    {
        string path = Path.Combine(_model, "model.safetensors");
        SafetensorsTensor[] tensors;
        using (SafetensorsFile file = SafetensorsFile.Open(path))
        {
            tensors = [.. file.Tensors.Values.Select(entry =>
            {
                Tensor tensor = file.ReadTensor(entry.Name);
                if (which(entry.Name))
                {
                    change(tensor, entry.Name);
                }

                return SafetensorsTensor.F32(entry.Name, tensor, entry.Shape);
            })];
        }

        SafetensorsWriter.Write(path, tensors);
    }
}
