using System.Text.Json;
using Temperament.Models;
using Temperament.Models.Checkpoints;
using Temperament.Models.Decoder;
using Temperament.Models.Hooks;
using Temperament.ModelTests.Support;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;
using Xunit;

namespace Temperament.ModelTests.Models.Hooks;

/// <summary>Edits of activations against the same edits in transformers, on a small random Llama; NMSE 1e-10 as for logits.</summary>
public sealed class InterventionOracleTests : IDisposable
{
    private readonly ComputePool _pool = new(2);
    private readonly LanguageModel _model;
    private readonly SafetensorsFile _expected;
    private readonly JsonElement _interventions;
    private readonly JsonElement _sequences;

    public InterventionOracleTests()
    {
        string folder = Oracles.Shared("oracles", "models", "llama-gqa");
        _model = LanguageModel.Load(ModelSource.Open(folder), _pool);
        _expected = SafetensorsFile.Open(Path.Combine(folder, "explain.safetensors"));
        _interventions = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "explain.json"))).RootElement.GetProperty("interventions");
        _sequences = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "oracle.json"))).RootElement.GetProperty("sequences");
    }

    [Theory]
    [InlineData("zero", "s17")]
    [InlineData("zero", "s48")]
    [InlineData("mean", "s17")]
    [InlineData("heads_zero", "s17")]
    [InlineData("steer_all", "s17")]
    [InlineData("steer_all", "s48")]
    [InlineData("steer_tail", "s17")]
    [InlineData("steer_project", "s17")]
    [InlineData("patch_mlp", "s17")]
    [InlineData("patch_residual", "s17")]
    public void An_edit_moves_the_logits_as_in_the_reference(string edit, string sequence)
    {
        Tensor logits = SinglePass.Logits(_model.Network, Tokens(_sequences.GetProperty(sequence)), new HookSet(Hooks(edit, sequence)));

        Assert.InRange(Oracles.Nmse(logits.Span, _expected.ReadFloats($"{edit}.{sequence}")), 0, 1e-10);
    }

    [Fact]
    public void Every_edit_of_the_reference_is_tested()
    {
        string[] edits = [.. _interventions.GetProperty("nmse_against_unedited").EnumerateObject().Select(p => p.Name)];
        IEnumerable<string> tested = typeof(InterventionOracleTests).GetMethod(nameof(An_edit_moves_the_logits_as_in_the_reference))!
            .GetCustomAttributes(typeof(InlineDataAttribute), false).Cast<InlineDataAttribute>().Select(d => $"{d.Data[0]}.{d.Data[1]}");
        Assert.Equal(edits.Order(), tested.Order());
    }

    [Fact]
    public void Weights_of_attention_that_are_replaced_count()
    {
        int[] tokens = Tokens(_sequences.GetProperty("s17"));
        var onlyHead = new PatternOfHead(1, 2, _model.Config.Heads);
        var plain = new ActivationCopy((site, layer) => site == HookSite.HeadOutput && layer == 1);
        var edited = new ActivationCopy((site, layer) => site == HookSite.HeadOutput && layer == 1);
        Tensor before = SinglePass.Logits(_model.Network, tokens, new HookSet(plain));

        Tensor after = SinglePass.Logits(_model.Network, tokens, new HookSet(onlyHead, edited));

        Assert.False(before.Span.SequenceEqual(after.Span));
        int D = _model.Config.HeadSize;
        Tensor old = plain.Found[(HookSite.HeadOutput, 1)], now = edited.Found[(HookSite.HeadOutput, 1)];
        for (int r = 0; r < tokens.Length; r++)
        {
            Assert.True(old.Row(r)[..(2 * D)].SequenceEqual(now.Row(r)[..(2 * D)]), "another head changed");
            Assert.True(old.Row(r)[(3 * D)..].SequenceEqual(now.Row(r)[(3 * D)..]), "another head changed");

            // Every query of the head looks at the first key only, so all rows are the first one.
            Assert.True(now.Row(r).Slice(2 * D, D).SequenceEqual(now.Row(0).Slice(2 * D, D)));
        }
    }

    public void Dispose()
    {
        _expected.Dispose();
        _model.Dispose();
        _pool.Dispose();
    }

    private IActivationHook[] Hooks(string edit, string sequence)
    {
        int steered = _interventions.GetProperty("steer_layer").GetInt32(), patched = _interventions.GetProperty("patch_layer").GetInt32();
        Tensor vector = _expected.ReadTensor("steer.vector");
        (int Layer, int Index)[] neurons = Pairs("neurons");
        return edit switch
        {
            "zero" => [.. neurons.Select(n => new SetChannels(HookSite.MlpHidden, n.Layer, [(n.Index, 0)]))],
            "mean" => [.. neurons.Zip(_interventions.GetProperty("mean_values").GetProperty(sequence).EnumerateArray(),
                (n, mean) => new SetChannels(HookSite.MlpHidden, n.Layer, [(n.Index, (float)mean.GetDouble())]))],
            "heads_zero" => [.. Pairs("heads").Select(h => SetChannels.SilenceHead(h.Layer, h.Index, _model.Config.HeadSize))],
            "steer_all" => [new AddVector(HookSite.Residual, steered, vector)],
            "steer_tail" => [new AddVector(HookSite.Residual, steered, vector, positions: new PositionRange(_interventions.GetProperty("steer_from").GetInt32()))],
            "steer_project" => [new RemoveDirection(HookSite.Residual, steered, vector)],
            "patch_mlp" => [new ReplaceRows(HookSite.MlpHidden, patched, Donor(HookSite.MlpHidden, patched))],
            "patch_residual" => [new ReplaceRows(HookSite.Residual, patched, Donor(HookSite.Residual, patched), new PositionRange(5, 1))],
            _ => throw new ArgumentOutOfRangeException(nameof(edit)),
        };
    }

    private Tensor Donor(HookSite site, int layer) =>
        SinglePass.Activations(_model.Network, Tokens(_interventions.GetProperty("donor")), site, layer);

    private (int Layer, int Index)[] Pairs(string name) =>
        [.. _interventions.GetProperty(name).EnumerateArray().Select(e => (e[0].GetInt32(), e[1].GetInt32()))];

    private static int[] Tokens(JsonElement ids) => [.. ids.EnumerateArray().Select(e => e.GetInt32())];

    /// <summary>Makes every query of one head look at the first key only.</summary>
    private sealed class PatternOfHead(int block, int head, int heads) : IActivationHook
    {
        public bool Wants(HookSite site, int layer) => site == HookSite.AttentionPattern && layer == block;

        public void Visit(HookSite site, int layer, Tensor activation, TokenBatch batch)
        {
            for (int row = head; row < activation.Rows; row += heads)
            {
                activation.Row(row).Clear();
                activation[row, 0] = 1;
            }
        }
    }
}
