using System.Text.Json;
using Temperament.Methods.Adapters;
using Temperament.Models.Checkpoints;
using Temperament.ModelTests.Support;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.ModelTests.Methods;

/// <summary>
/// Adapters that peft wrote, some of them damaged: each gives peft's logits or is refused with a message that names the reason;
/// <c>--show-live-output on</c> prints a line for each.
/// </summary>
public sealed class AdapterOracleTests(ITestOutputHelper output)
{
    public static TheoryData<string> Loaded => new()
    {
        "plain", "regex", "all-linear", "layers-to-transform", "rank-alpha-pattern", "exclude-modules", "modules-to-save-head",
        "modules-to-save-both", "embedding-lora", "dora", "bias-lora-only", "bias-all", "bf16-weights", "f16-weights", "gpt2",
        "gpt2-wrong-flag", "roberta-seqcls", "old-config", "minimal-config", "future-field",
    };

    public static TheoryData<string, string> Refused => new()
    {
        { "lora-bias", "lora_bias" },
        { "keys-with-default", "hold the name of the adapter" },
        { "keys-without-prefix", "lack \"base_model.model.\"" },
        { "missing-tensor", "no tensor base_model.model.model.layers.0.self_attn.q_proj.lora_B.weight" },
        { "extra-tensor", "layers.7" },
        { "wrong-rank", "names another rank" },
        { "wrong-base", "of another shape" },
        { "rank-zero", "rank 0" },
        { "unknown-target", "which match no linear layer" },
        { "no-weights", "no adapter weights" },
        { "nan-weights", "not finite" },
        { "layer-replication", "layer_replication" },
        { "target-parameters", "target_parameters" },
        { "activated-lora", "alora_invocation_tokens" },
        { "other-type", "peft_type IA3" },
    };

    [Fact]
    public void Every_folder_of_the_reference_is_in_one_of_the_lists()
    {
        using JsonDocument list = JsonDocument.Parse(File.ReadAllBytes(Oracles.Shared("oracles", "adapters", "adapters.json")));
        IEnumerable<string> known = Loaded.Select(row => row.Data).Concat(Refused.Select(row => row.Data.Item1));

        Assert.Equal(list.RootElement.EnumerateArray().Select(e => e.GetProperty("name").GetString()!).Order(), known.Order());
    }

    [Theory, MemberData(nameof(Loaded))]
    public void An_adapter_gives_the_logits_of_peft_and_takes_them_away_again(string name)
    {
        using AdaptedModel model = AdaptedModel.Open(name);
        using SafetensorsFile expected = SafetensorsFile.Open(Oracles.Shared("oracles", "adapters", name, "logits.safetensors"));
        int[] tokens = expected.ReadInt32("input_ids");
        float[] plain = model.Logits(tokens);

        LoraAdapter adapter = model.Load(Folder(name));
        adapter.Attach(model.Weights);
        float[] tuned = model.Logits(tokens);

        double error = Oracles.Nmse(tuned, expected.ReadFloats("logits"));
        output.WriteLine(FormattableString.Invariant($"{name,-22} loads; squared error of its logits {error:e1}"));
        Assert.InRange(error, 0, 1e-10);
        adapter.SetEnabled(false);
        Assert.Equal(plain, model.Logits(tokens));
        adapter.SetEnabled(true);
        Assert.Equal(tuned, model.Logits(tokens));
        adapter.Detach();
        Assert.Equal(plain, model.Logits(tokens));
        Assert.Equal(name == "future-field", adapter.Notes.Any(note => note.Contains("made_up_field", StringComparison.Ordinal)));
    }

    [Theory, MemberData(nameof(Loaded))]
    public void An_adapter_that_is_written_again_keeps_its_tensors(string name)
    {
        using AdaptedModel model = AdaptedModel.Open(name);
        string copy = TemporaryFolder.New("temper");

        AdapterFile.Save(copy, model.Load(Folder(name)));

        using SafetensorsFile before = SafetensorsFile.Open(Path.Combine(Folder(name), "adapter_model.safetensors"));
        using SafetensorsFile after = SafetensorsFile.Open(Path.Combine(copy, "adapter_model.safetensors"));
        Assert.Equal(before.Tensors.Keys.Order(), after.Tensors.Keys.Order());
        foreach (string tensor in before.Tensors.Keys)
        {
            Assert.Equal(before.Tensors[tensor].Shape, after.Tensors[tensor].Shape);
            Assert.Equal(before.ReadFloats(tensor), after.ReadFloats(tensor));
        }

        model.Load(copy);
    }

    [Theory, MemberData(nameof(Refused))]
    public void An_adapter_that_cannot_be_right_is_refused_by_name(string name, string reason)
    {
        using AdaptedModel model = AdaptedModel.Open(name);

        AdapterException error = Assert.Throws<AdapterException>(() => model.Load(Folder(name)));

        output.WriteLine($"{name,-22} refused: {error.Message}");
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    private static string Folder(string name) => Oracles.Shared("oracles", "adapters", name, "adapter");
}
