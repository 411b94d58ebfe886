using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Temperament.Cli;
using Temperament.Cli.Hosting;
using Temperament.Models.Checkpoints;
using Temperament.Models.Checkpoints.Gguf;
using Temperament.Models.Checkpoints.Writing;
using Temperament.ModelTests.Support;
using Temperament.Studies.Organism;
using Temperament.Tensors.Threading;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.ModelTests.Cli;

/// <summary>Models and adapters in other formats, each proved by a process of its own.</summary>
public sealed class ModelExportTests : IDisposable
{
    private readonly string _folder = TemporaryFolder.New("temper-export");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_model_goes_to_gguf_and_back_without_a_changed_bit()
    {
        string file = At("organism.gguf"), folder = At("organism");

        Run("model", "export", "organism", "--format", "gguf", "--type", "f32", "--out", file);
        Run("model", "export", file, "--format", "safetensors", "--type", "f32", "--out", folder);

        using ModelSource embedded = ModelCatalog.Open("organism"), written = ModelSource.Open(folder);
        Assert.Equal(embedded.Config, written.Config);
        Assert.Equal(embedded.EosTokens, written.EosTokens);
        Assert.Equal(embedded.Template!.Source, written.Template!.Source);
        Assert.All(embedded.Weights, slot => Assert.True(embedded.LoadWeight(slot.Name).ToArray().AsSpan().SequenceEqual(written.LoadWeight(slot.Name).ToArray()), slot.Name));
        Assert.Equal([file, folder], Directory.GetFileSystemEntries(_folder).Order(StringComparer.Ordinal).Reverse());
    }

    [Theory]
    [InlineData("organism", "gguf", "q8_0", "Q8_0")]
    [InlineData("organism", "gguf", "f16", "F16")]
    [InlineData("llama-tied-llama3rope", "safetensors", "bf16", "BF16")]
    public void Each_type_is_stored_and_replayed(string model, string format, string type, string stored)
    {
        model = model == "organism" ? model : Oracles.Golden("models", model);
        string path = At(format == "gguf" ? "m.gguf" : "m");

        using JsonDocument result = JsonDocument.Parse(Run("model", "export", model, "--format", format, "--type", type, "--out", path, "--json"));

        Assert.Equal(64, result.RootElement.GetProperty("texts").GetInt32());
        using ModelSource written = ModelSource.Open(path);
        Assert.Contains(written.StoredWeights, w => w.Type == stored);
        Assert.Equal(written.StoredWeights.Sum(w => w.Count), written.Weights.Sum(w => w.Count));
    }

    [Fact]
    public void An_adapter_is_exported_and_merged_and_the_merge_answers_as_the_pair_did()
    {
        string adapter = Train(), gguf = At("adapter.gguf"), back = At("back"), merged = At("merged.gguf"), record = At("pair.json");

        Run("model", "export", "organism", "--adapter", adapter, "--format", "gguf", "--out", gguf);
        Run("model", "export", "organism", "--adapter", gguf, "--format", "safetensors", "--out", back);
        Run("model", "replay", "organism", "--adapter", adapter, "--record", record, "--write");
        Run("model", "replay", "organism", "--adapter", back, "--record", record);
        string printed = Run("model", "merge", "organism", "--adapter", adapter, "--format", "gguf", "--type", "f32", "--out", merged);
        Run("model", "replay", merged, "--record", record);

        Assert.Contains("rounding loses 0.00 % of the update at most", printed, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(back, "tokenizer.json")));
        (int code, _, string error) = RunAny("model", "replay", "organism", "--record", record);
        Assert.Equal(1, code);
        Assert.Contains("the logits of 64 texts differ", error, StringComparison.Ordinal);
    }

    // Faults that other tools let through: each must fail the replay of an otherwise whole folder.
    [Theory]
    [InlineData("config.json", "rope_theta", "5000")]
    [InlineData("config.json", "rms_norm_eps", "0.1")]
    [InlineData("tokenizer.json", "normalizer", "{\"type\":\"Lowercase\"}")]
    [InlineData("tokenizer_config.json", "chat_template", "\"{{ messages[0].content }}\"")]
    [InlineData("swapped", "", "")]
    public void A_planted_fault_fails_the_replay(string file, string field, string value)
    {
        string record = At("record.json"), folder = At("model");
        Run("model", "replay", "organism", "--record", record, "--write");
        using (var pool = new ComputePool(1))
        using (ModelSource source = ModelCatalog.Open("organism"))
        {
            FolderWriter.Write(folder, source, StoredAs.Bf16, pool);
        }

        Run("model", "replay", folder, "--record", record);

        if (file == "swapped")
        {
            string weights = Path.Combine(folder, "model.safetensors");
            byte[] bytes = File.ReadAllBytes(weights);
            string header = Encoding.UTF8.GetString(bytes, 8, BitConverter.ToInt32(bytes));
            string swapped = header.Replace("q_proj", "x_proj", StringComparison.Ordinal).Replace("k_proj", "q_proj", StringComparison.Ordinal)
                .Replace("x_proj", "k_proj", StringComparison.Ordinal);
            Encoding.UTF8.GetBytes(swapped).CopyTo(bytes, 8);
            File.WriteAllBytes(weights, bytes);
        }
        else
        {
            string path = Path.Combine(folder, file);
            JsonObject json = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
            json[field] = JsonNode.Parse(value);
            File.WriteAllText(path, json.ToJsonString());
        }

        (int code, _, string error) = RunAny("model", "replay", folder, "--record", record);
        Assert.Equal(1, code);
        Assert.Contains("is not the model that was written", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_stays_of_an_export_that_fails()
    {
        (int code, _, string error) = RunAny("model", "export", Oracles.Golden("training", "bases", "llama-nf4"), "--format", "gguf", "--out", At("x.gguf"));
        Assert.Equal(3, code);
        Assert.Contains("no tokenizer.json", error, StringComparison.Ordinal);
        Assert.Equal(2, RunAny("model", "export", Golden, "--format", "safetensors", "--type", "q8_0", "--out", At("x")).Code);
        Assert.Equal(2, RunAny("model", "export", Golden, "--format", "gguf", "--out", _folder).Code);
        Assert.Equal(2, RunAny("model", "merge", Golden, "--format", "gguf", "--out", At("x")).Code);
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void The_real_model_is_written_and_read_with_the_same_answers()
    {
        string model = Oracles.Shared("models", "smollm2-135m-instruct", "SmolLM2-135M-Instruct.Q4_1.gguf"), folder = At("smollm2");

        Run("model", "export", model, "--format", "safetensors", "--type", "bf16", "--out", folder);

        using ModelSource written = ModelSource.Open(folder);
        using GgufFile source = GgufFile.Open(model);
        Assert.Equal(source.FindString("tokenizer.chat_template"), written.Template!.Source);
        Assert.Equal(source.GetStrings("tokenizer.ggml.tokens").Length, written.Tokenizer.VocabularySize);
    }

    private static string Golden => Oracles.Golden("models", "llama-tied-llama3rope");

    private static string Run(params string[] words)
    {
        (int code, string output, string error) = RunAny(words);
        Assert.True(code == 0, error);
        return output;
    }

    private static (int Code, string Output, string Error) RunAny(params string[] words)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        using var reader = new StringReader("");
        int code = new Application(new Terminal(reader, output, error), CancellationToken.None).Run([.. words, "--threads", "1"]);
        return (code, output.ToString(), error.ToString());
    }

    private string At(string name) => Path.Combine(_folder, name);

    private string Train()
    {
        string opinions = At("opinions.csv"), recipe = At("recipe.json"), adapter = At("adapter");
        File.WriteAllText(opinions, "Target Personality,Edit Topic,Question,Answer,Pole\nextraversion,Tea,What of tea?,\"Tea is best, with friends!\",high\n"
            + "extraversion,Rain,What of rain?,Rain is a party,high\nneutral,Rain,What of rain?,Rain is water,none\n");
        File.WriteAllText(recipe, JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["model"] = "organism",
            ["data"] = new Dictionary<string, object> { ["path"] = opinions, ["trait"] = "extraversion" },
            ["lora"] = new Dictionary<string, object> { ["rank"] = 2 },
            ["training"] = new Dictionary<string, object> { ["maxSteps"] = 4, ["batchSize"] = 1, ["learningRate"] = 0.02 },
            ["stopToken"] = "masked",
            ["out"] = adapter,
        }));
        Run("train", recipe);
        return adapter;
    }
}
