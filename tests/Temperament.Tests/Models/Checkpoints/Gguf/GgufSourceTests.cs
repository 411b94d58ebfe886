using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Temperament.Models;
using Temperament.Models.Checkpoints;
using Temperament.Models.Checkpoints.Gguf;
using Temperament.Models.Decoder;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Models.Checkpoints.Gguf;

public sealed class GgufSourceTests : IDisposable
{
    private readonly ComputePool _pool = new(1);

    public void Dispose() => _pool.Dispose();

    [Fact]
    public void A_network_comes_back_from_its_file_to_the_bit()
    {
        DecoderNetwork network = TinyDecoder.Create(_pool);
        byte[] bytes = Write(network).Bytes();

        using LanguageModel model = LanguageModel.Load(Source(bytes), _pool);

        Assert.Equal(TinyDecoder.Config, model.Config);
        Assert.Equal(network.Weights.Parameters.Select(p => p.Name), model.Network.Weights.Parameters.Select(p => p.Name));
        foreach ((Parameter expected, Parameter read) in network.Weights.Parameters.Zip(model.Network.Weights.Parameters))
        {
            Assert.True(expected.Value.Span.SequenceEqual(read.Value.Span), expected.Name);
        }

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), model.WeightsHash);
    }

    [Fact]
    public void A_head_of_its_own_is_read_where_there_is_one()
    {
        DecoderNetwork network = TinyDecoder.Create(_pool);
        Tensor head = Tensor.Zeros(37, 16);
        head.Span.Fill(2);

        using ModelSource source = Source(Add(Write(network), "output.weight", head).Bytes());

        Assert.False(source.Config.TiedEmbeddings);
        Assert.True(source.LoadWeight("lm_head.weight").ToArray().AsSpan().SequenceEqual(head.ToArray()));
    }

    [Fact]
    public void Tokens_that_end_an_answer_are_read()
    {
        DecoderNetwork network = TinyDecoder.Create(_pool);

        using ModelSource source = Source(Write(network).UInt32("tokenizer.ggml.eos_token_id", 2).UInt32("tokenizer.ggml.eot_token_id", 5)
            .UInt32("tokenizer.ggml.eom_token_id", 4000).Bytes());

        Assert.Equal([2, 5], source.EosTokens);
        Assert.Null(source.Template);
    }

    [Fact]
    public void Scaling_is_read_from_keys_and_from_the_table_of_llama_3()
    {
        DecoderNetwork network = TinyDecoder.Create(_pool);
        var yarn = new RopeScaling { Type = "yarn", Factor = 4, OriginalMaxPositions = 16, BetaFast = 20 };
        Assert.Equal(yarn, Scaling(Write(network).String("llama.rope.scaling.type", "yarn").Float32("llama.rope.scaling.factor", 4)
            .UInt32("llama.rope.scaling.original_context_length", 16).Float32("llama.rope.scaling.yarn_beta_fast", 20)));
        Assert.Equal("linear", Scaling(Write(network).Float32("llama.rope.scale_linear", 2))!.Type);
        Assert.Null(Scaling(Write(network).String("llama.rope.scaling.type", "none")));
        Assert.Throws<CheckpointException>(() => Scaling(Write(network).String("llama.rope.scaling.type", "longrope")));

        // Head size 4, base 10000: wavelengths of 6.3 and 628 positions, both shorter than 8192 / 4.
        Tensor table = Tensor.From([1, 1], 1, 2);
        Assert.Equal(new RopeScaling { Type = "llama3", Factor = 1, OriginalMaxPositions = 8192 },
            Scaling(Add(Write(network), "rope_freqs.weight", table)));
        table[0, 1] = 8;
        RopeScaling other = Scaling(Add(Write(network), "rope_freqs.weight", table))!;
        Assert.Equal([1, 8], other.ShortFactors);
        Assert.Equal([1, 8], other.LongFactors);
        Assert.Equal((1, network.Config.MaxPositions), (other.AttentionFactor, other.OriginalMaxPositions));
        Assert.Contains("3 divisors",
            Assert.Throws<CheckpointException>(() => Scaling(Add(Write(network), "rope_freqs.weight", Tensor.Zeros(1, 3)))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("architecture rwkv6", "general.architecture", "rwkv6")]
    [InlineData("type adapter", "general.type", "adapter")]
    public void Other_files_are_refused_by_name(string reason, string key, string value)
    {
        DecoderNetwork network = TinyDecoder.Create(_pool);
        byte[] bytes = Write(network, key == "general.architecture" ? value : "llama").String(key == "general.type" ? key : "other", value).Bytes();

        CheckpointException e = Assert.Throws<CheckpointException>(() => Source(bytes));

        Assert.Contains(reason, e.Message, StringComparison.Ordinal);
        Assert.Equal("tiny.gguf", e.Path);
    }

    [Fact]
    public void Tensors_that_would_be_ignored_are_refused()
    {
        DecoderNetwork network = TinyDecoder.Create(_pool);

        CheckpointException e = Assert.Throws<CheckpointException>(
            () => Source(Add(Write(network), "blk.0.attn_q_norm.weight", Tensor.Zeros(1, 16)).Bytes()));

        Assert.Contains("blk.0.attn_q_norm.weight", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_is_asked_for_where_a_safetensors_file_is_given()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("model.safetensors", "0123456789abcdef");

        Assert.Contains("Give the folder", Assert.Throws<CheckpointException>(() => ModelSource.Open(path)).Message, StringComparison.Ordinal);
    }

    private static GgufSource Source(byte[] bytes) => GgufSource.Of(GgufFile.Parse("tiny.gguf", bytes));

    private static RopeScaling? Scaling(GgufBuilder builder)
    {
        using ModelSource source = Source(builder.Bytes());
        return source.Config.RopeScaling;
    }

    private static GgufBuilder Write(DecoderNetwork network, string architecture = "llama")
    {
        DecoderConfig config = network.Config;
        GgufBuilder builder = new GgufBuilder().String("general.architecture", architecture)
            .UInt32("llama.embedding_length", (uint)config.HiddenSize).UInt32("llama.feed_forward_length", (uint)config.FeedForwardSize)
            .UInt32("llama.block_count", (uint)config.Layers).UInt32("llama.attention.head_count", (uint)config.Heads)
            .UInt32("llama.attention.head_count_kv", (uint)config.KeyValueHeads).UInt32("llama.context_length", (uint)config.MaxPositions)
            .Float32("llama.attention.layer_norm_rms_epsilon", config.RmsNormEps);
        foreach (Parameter parameter in network.Weights.Parameters)
        {
            bool rotated = parameter.Name.Contains("q_proj", StringComparison.Ordinal) || parameter.Name.Contains("k_proj", StringComparison.Ordinal);
            Add(builder, NameOf(parameter.Name), rotated ? InPairs(parameter.Value, config.HeadSize) : parameter.Value);
        }

        return builder;
    }

    private static GgufBuilder Add(GgufBuilder builder, string name, Tensor tensor) => builder.Tensor(name, 0,
        tensor.Rows == 1 ? [(ulong)tensor.Columns] : [(ulong)tensor.Columns, (ulong)tensor.Rows], MemoryMarshal.AsBytes(tensor.Span));

    private static string NameOf(string name) => name.Replace("model.layers", "blk", StringComparison.Ordinal)
        .Replace("model.embed_tokens", "token_embd", StringComparison.Ordinal).Replace("model.norm", "output_norm", StringComparison.Ordinal)
        .Replace("input_layernorm", "attn_norm", StringComparison.Ordinal).Replace("post_attention_layernorm", "ffn_norm", StringComparison.Ordinal)
        .Replace("self_attn.o_proj", "attn_output", StringComparison.Ordinal).Replace("self_attn.", "attn_", StringComparison.Ordinal)
        .Replace("mlp.", "ffn_", StringComparison.Ordinal).Replace("_proj", "", StringComparison.Ordinal);

    // Row h*D + 2i + s of the file is row h*D + s*D/2 + i of Hugging Face.
    private static Tensor InPairs(Tensor halves, int D)
    {
        Tensor pairs = Tensor.Zeros(halves.Rows, halves.Columns);
        for (int h = 0; h < halves.Rows / D; h++)
        {
            for (int i = 0; i < D / 2; i++)
            {
                for (int s = 0; s < 2; s++)
                {
                    halves.Row((h * D) + (s * D / 2) + i).CopyTo(pairs.Row((h * D) + (2 * i) + s));
                }
            }
        }

        return pairs;
    }
}
