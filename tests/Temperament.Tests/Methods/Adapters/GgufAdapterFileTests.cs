using Temperament.Methods.Adapters;
using Temperament.Models.Checkpoints.Gguf;
using Temperament.Models.Decoder;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Random;
using Temperament.Tensors.Threading;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Methods.Adapters;

public sealed class GgufAdapterFileTests : IDisposable
{
    private readonly string _folder = TemporaryFolder.New("temper");
    private readonly ComputePool _pool = new(1);
    private readonly DecoderNetwork _network;

    public GgufAdapterFileTests() => _network = TinyDecoder.Create(_pool);

    public void Dispose()
    {
        _pool.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("q_proj v_proj", false)]
    [InlineData("all-linear", false)]
    [InlineData("all-linear", true)]
    public void An_adapter_is_written_and_read_with_the_same_effect(string targets, bool patterns)
    {
        LoraAdapter adapter = Random(new LoraConfig
        {
            Rank = 3,
            Alpha = 5,
            TargetModules = targets.Split(' '),
            RankPattern = patterns ? [KeyValuePair.Create("k_proj", 2)] : [],
            AlphaPattern = patterns ? [KeyValuePair.Create("down_proj", 9.0)] : [],
        });
        string path = Path.Combine(_folder, "adapter.gguf");

        GgufAdapterFile.Save(path, adapter, _network.Config);
        LoraAdapter read = AdapterFile.Load(path, _network);

        Assert.Equal(adapter.Branches.Select(b => (b.Path, b.Branch.Rank)), read.Branches.Select(b => (b.Path, b.Branch.Rank)));
        Assert.Equal(Logits(adapter), Logits(read), (a, b) => Math.Abs(a - b) <= 1e-5f * Math.Max(1, Math.Abs(a)));
    }

    [Fact]
    public void Files_that_do_not_bind_are_refused_by_name()
    {
        Assert.Contains("a file of type model", Refused(w => w.Set("general.architecture", "llama")), StringComparison.Ordinal);
        Assert.Contains("type control_vector", Refused(w => Adapter(w, "control_vector")), StringComparison.Ordinal);
        Assert.Contains("architecture rwkv", Refused(w => Adapter(w, architecture: "rwkv")), StringComparison.Ordinal);
        Assert.Contains("no tensors", Refused(w => Adapter(w)), StringComparison.Ordinal);
        Assert.Contains("token_embd.weight.lora_a", Refused(w =>
        {
            Adapter(w);
            w.Add("token_embd.weight.lora_a", GgufType.F32, Tensor.Zeros(2, 16));
        }), StringComparison.Ordinal);
        Assert.Contains("no tensor blk.0.attn_q.weight.lora_b", Refused(w =>
        {
            Adapter(w);
            w.Add("blk.0.attn_q.weight.lora_a", GgufType.F32, Tensor.Zeros(2, 16));
        }), StringComparison.Ordinal);
        Assert.Contains("(2, 15)", Refused(w =>
        {
            Adapter(w);
            w.Add("blk.0.attn_q.weight.lora_a", GgufType.F32, Tensor.Zeros(2, 15));
            w.Add("blk.0.attn_q.weight.lora_b", GgufType.F32, Tensor.Zeros(16, 2));
        }), StringComparison.Ordinal);
        Assert.Contains("not finite", Refused(w =>
        {
            Adapter(w);
            w.Add("blk.0.attn_q.weight.lora_a", GgufType.F32, Tensor.From(Enumerable.Repeat(float.NaN, 32).ToArray(), 2, 16));
            w.Add("blk.0.attn_q.weight.lora_b", GgufType.F32, Tensor.Zeros(16, 2));
        }), StringComparison.Ordinal);
    }

    private static void Adapter(GgufWriter writer, string kind = "lora", string architecture = "llama")
    {
        writer.Set("general.architecture", architecture);
        writer.Set("general.type", "adapter");
        writer.Set("adapter.type", kind);
        writer.Set("adapter.lora.alpha", 4f);
    }

    private string Refused(Action<GgufWriter> make)
    {
        string path = Path.Combine(_folder, "bad.gguf");
        var writer = new GgufWriter();
        make(writer);
        writer.Write(path, null);
        return Assert.Throws<AdapterException>(() => AdapterFile.Load(path, _network)).Message;
    }

    private LoraAdapter Random(LoraConfig config) => LoraAdapter.Build(_network, config, (path, rank, linear) =>
    {
        var random = new RandomStream(1, path);
        Tensor a = Tensor.Zeros(rank, linear.Weight.Inputs), b = Tensor.Zeros(linear.Weight.Outputs, rank);
        foreach (Tensor tensor in new[] { a, b })
        {
            foreach (ref float value in tensor.Span)
            {
                value = (float)(0.3 * random.NextNormal());
            }
        }

        return (a, b);
    });

    private float[] Logits(LoraAdapter adapter)
    {
        adapter.Attach(_network);
        Tensor logits = SinglePass.Logits(_network, [1, 5, 9, 2]);
        LoraAdapter.Detach(_network);
        return logits.Span.ToArray();
    }
}
