using System.Text;
using System.Text.Json.Nodes;
using Temperament.Models.Checkpoints;
using Temperament.Models.Checkpoints.Families;
using Temperament.Models.Decoder;
using Xunit;

namespace Temperament.Tests.Models.Checkpoints.Families;

public sealed class DecoderFamiliesTests
{
    [Fact]
    public void An_unknown_architecture_is_refused_by_name_with_the_known_ones()
    {
        CheckpointException error = Assert.Throws<CheckpointException>(() => Read(Llama("MambaForCausalLM")));

        Assert.Contains("MambaForCausalLM", error.Read, StringComparison.Ordinal);
        Assert.Equal(10, DecoderFamilies.Known.Count);
        Assert.All(DecoderFamilies.Known, known => Assert.Contains(known, error.Expected, StringComparison.Ordinal));
    }

    [Fact]
    public void Mistral_has_its_window_in_every_block_and_null_means_none()
    {
        Assert.Equal([8, 8, 8, 8], Read(Llama("MistralForCausalLM", ("sliding_window", 8))).Windows);
        Assert.Null(Read(Llama("MistralForCausalLM", ("sliding_window", null))).Windows);
    }

    [Theory]
    [InlineData("Qwen2ForCausalLM")]
    [InlineData("Qwen3ForCausalLM")]
    public void The_window_of_qwen_counts_where_it_is_on_and_from_the_named_block(string architecture)
    {
        Assert.Null(Read(Llama(architecture, ("sliding_window", 8), ("use_sliding_window", false), ("max_window_layers", 1))).Windows);
        Assert.Equal([0, 8, 8, 8], Read(Llama(architecture, ("sliding_window", 8), ("use_sliding_window", true), ("max_window_layers", 1))).Windows);
        JsonArray types = ["sliding_attention", "full_attention", "full_attention", "sliding_attention"];
        Assert.Equal([8, 0, 0, 8], Read(Llama(architecture, ("sliding_window", 8), ("use_sliding_window", true), ("layer_types", types))).Windows);
    }

    [Fact]
    public void Gemma_2_has_windows_in_even_blocks_and_gemma_3_in_all_but_the_last_of_each_group()
    {
        Assert.Equal([8, 0, 8, 0], Read(Llama("Gemma2ForCausalLM", ("sliding_window", 8))).Windows);
        DecoderConfig third = Read(Llama("Gemma3ForCausalLM", ("sliding_window", 8), ("sliding_window_pattern", 3), ("rope_theta", 1e6)));
        Assert.Equal([8, 8, 0, 8], third.Windows);
        Assert.Equal((1e6, 1e4), (third.RopeTheta, third.LocalRopeTheta));
        Assert.Equal((0f, 0f), (third.AttentionCap, third.LogitCap));
        Assert.Equal((50f, 30f), (Read(Llama("Gemma2ForCausalLM")).AttentionCap, Read(Llama("Gemma2ForCausalLM")).LogitCap));
        Assert.Equal(0f, Read(Llama("Gemma2ForCausalLM", ("attn_logit_softcapping", null))).AttentionCap);
    }

    [Fact]
    public void Gemma_3_is_read_in_the_newer_spelling_of_its_two_rotary_bases()
    {
        JsonNode rope = JsonNode.Parse("""
            {"full_attention": {"rope_type": "linear", "factor": 8, "rope_theta": 500000}, "sliding_attention": {"rope_type": "default", "rope_theta": 20000}}
            """)!;

        DecoderConfig config = Read(Llama("Gemma3ForCausalLM", ("rope_parameters", rope)));

        Assert.Equal((500000, 20000, 8), (config.RopeTheta, config.LocalRopeTheta!.Value, config.RopeScaling!.Factor));
    }

    [Fact]
    public void Llama_may_have_biases()
    {
        DecoderConfig config = Read(Llama("LlamaForCausalLM", ("attention_bias", true), ("mlp_bias", true)));
        Assert.True(config.HasAttentionBias && config.HasOutputBias && config.HasFeedForwardBias);
    }

    // What the configuration classes of transformers take for a field that is not there.
    [Theory]
    [InlineData("LlamaForCausalLM", 32, 2048, 1e-6, false)]
    [InlineData("MistralForCausalLM", 8, 131072, 1e-6, false)]
    [InlineData("Qwen2ForCausalLM", 32, 32768, 1e-6, false)]
    [InlineData("Qwen3ForCausalLM", 32, 32768, 1e-6, false)]
    [InlineData("GemmaForCausalLM", 16, 8192, 1e-6, true)]
    [InlineData("Gemma2ForCausalLM", 4, 8192, 1e-6, true)]
    [InlineData("Gemma3ForCausalLM", 4, 131072, 1e-6, true)]
    [InlineData("Phi3ForCausalLM", 32, 4096, 1e-5, false)]
    public void Fields_that_are_not_there_mean_what_they_mean_in_transformers(
        string architecture, int keyValueHeads, int positions, double eps, bool tied)
    {
        JsonObject config = Llama(architecture, ("num_attention_heads", 32), ("hidden_size", 256));
        foreach (string field in new[] { "num_key_value_heads", "max_position_embeddings", "rms_norm_eps", "rope_theta" })
        {
            config.Remove(field);
        }

        DecoderConfig read = Read(config);

        Assert.Equal((keyValueHeads, positions, (float)eps, tied), (read.KeyValueHeads, read.MaxPositions, read.RmsNormEps, read.TiedEmbeddings));
        Assert.Equal(architecture == "Gemma3ForCausalLM" ? 1e6 : 1e4, read.RopeTheta);
        config["num_key_value_heads"] = null;
        Assert.Equal(32, Read(config).KeyValueHeads);
        config["tie_word_embeddings"] = !tied;
        Assert.Equal(!tied, Read(config).TiedEmbeddings);
        config.Remove("head_dim");
        Assert.Equal(architecture.StartsWith("Gemma", StringComparison.Ordinal) ? 256 : architecture == "Qwen3ForCausalLM" ? 128 : 8, Read(config).HeadSize);
    }

    [Fact]
    public void A_window_that_is_not_there_is_that_of_the_family_and_null_is_none()
    {
        Assert.Equal([4096, 4096, 4096, 4096], Read(Llama("MistralForCausalLM")).Windows);
        Assert.Equal([0, 4096, 4096, 4096], Read(Llama("Qwen2ForCausalLM", ("use_sliding_window", true), ("max_window_layers", 1))).Windows);
        Assert.Null(Read(Llama("Qwen2ForCausalLM", ("use_sliding_window", true), ("sliding_window", null), ("max_window_layers", 1))).Windows);
        Assert.Null(Read(Llama("Phi3ForCausalLM")).Windows);
    }

    [Fact]
    public void Positions_of_phi_3_are_stretched_as_in_its_first_files_too()
    {
        foreach (string name in new[] { "longrope", "su", "yarn" })
        {
            JsonNode rope = JsonNode.Parse($$"""{"type": "{{name}}", "short_factor": [1, 1, 1, 1], "long_factor": [2, 2, 2, 2]}""")!;
            RopeScaling scaling = Read(Llama("Phi3ForCausalLM", ("rope_scaling", rope), ("max_position_embeddings", 8192))).RopeScaling!;
            Assert.Equal(("longrope", 4096), (scaling.Type, scaling.OriginalMaxPositions));
        }
    }

    [Theory]
    [InlineData("rope_scaling", """{"type": "linear", "factor": 2}""", "linear", 2, 64, 10000)]
    [InlineData("rope_scaling", """{"rope_type": "yarn", "original_max_position_embeddings": 16}""", "yarn", 4, 16, 10000)]
    [InlineData("rope_parameters", """{"rope_type": "yarn", "factor": 8, "original_max_position_embeddings": 16, "rope_theta": 500}""", "yarn", 8, 16, 500)]
    [InlineData("rope_parameters", """{"rope_type": "default", "rope_theta": 500}""", null, 1, 0, 500)]
    [InlineData("rope_scaling", "null", null, 1, 0, 10000)]
    public void Rotary_settings_are_read_in_every_spelling(string field, string json, string? type, double factor, int original, double theta)
    {
        DecoderConfig config = Read(Llama("LlamaForCausalLM", (field, JsonNode.Parse(json))));

        Assert.Equal(theta, config.RopeTheta);
        Assert.Equal((type, factor, original), (config.RopeScaling?.Type, config.RopeScaling?.Factor ?? 1, config.RopeScaling?.OriginalMaxPositions ?? 0));
    }

    [Fact]
    public void Gpt_j_rotates_64_channels_where_the_file_does_not_say()
    {
        DecoderConfig config = Read(JsonNode.Parse("""{"architectures": ["GPTJForCausalLM"], "vocab_size": 32, "n_embd": 160, "n_layer": 2, "n_head": 2}""")!);

        Assert.Equal((64, 2048), (config.RotarySize, config.MaxPositions));
    }

    [Fact]
    public void Phi_3_may_rotate_a_part_of_each_head() =>
        Assert.Equal(4, Read(Llama("Phi3ForCausalLM", ("partial_rotary_factor", 0.5))).RotarySize);

    [Theory]
    [InlineData("LlamaForCausalLM", "hidden_act", "\"gelu\"", "hidden_act")]
    [InlineData("GemmaForCausalLM", "hidden_activation", "\"relu\"", "hidden_activation")]
    [InlineData("LlamaForCausalLM", "num_hidden_layers", "0", "num_hidden_layers")]
    [InlineData("LlamaForCausalLM", "num_hidden_layers", "null", "num_hidden_layers")]
    [InlineData("LlamaForCausalLM", "num_hidden_layers", "2.5", "num_hidden_layers")]
    [InlineData("LlamaForCausalLM", "num_key_value_heads", "3", "key-value heads")]
    [InlineData("LlamaForCausalLM", "head_dim", "3", "rotated")]
    [InlineData("LlamaForCausalLM", "quantization_config", "{\"quant_method\": \"gptq\", \"bits\": 4}", "quant_method")]
    [InlineData("LlamaForCausalLM", "quantization_config", "{\"quant_method\": \"bitsandbytes\", \"load_in_8bit\": true}", "load_in_8bit")]
    [InlineData("LlamaForCausalLM", "quantization_config", "{\"load_in_4bit\": true, \"bnb_4bit_quant_type\": \"fp4\"}", "bnb_4bit_quant_type")]
    [InlineData("LlamaForCausalLM", "partial_rotary_factor", "0.5", "partial_rotary_factor")]
    [InlineData("Qwen3ForCausalLM", "rope_parameters", "{\"rope_type\": \"default\", \"partial_rotary_factor\": 0.5}", "partial_rotary_factor")]
    [InlineData("LlamaForCausalLM", "rope_scaling", "{\"type\": \"linear\"}", "factor")]
    [InlineData("LlamaForCausalLM", "rope_scaling", "{\"type\": \"linear\", \"factor\": 0}", "factor")]
    [InlineData("LlamaForCausalLM", "rope_scaling", "{\"type\": \"yarn\", \"original_max_position_embeddings\": 0}", "original_max_position_embeddings")]
    [InlineData("Gemma3ForCausalLM", "rope_parameters", "{\"sliding_attention\": {\"rope_type\": \"linear\", \"factor\": 2}}", "rope_type")]
    [InlineData("LlamaForCausalLM", "rope_scaling", "{\"type\": \"other\", \"factor\": 2}", "other")]
    [InlineData("Phi3ForCausalLM", "rope_scaling", "{\"type\": \"longrope\", \"short_factor\": [1], \"long_factor\": [1]}", "rotary factors")]
    [InlineData("MistralForCausalLM", "layer_types", "[\"sliding_attention\"]", "layer_types")]
    [InlineData("Qwen2ForCausalLM", "layer_types", "[\"a\", \"a\", \"a\", \"a\"]", "layer_types[0]")]
    [InlineData("Gemma2ForCausalLM", "attention_bias", "true", "attention_bias")]
    [InlineData("Gemma3ForCausalLM", "use_bidirectional_attention", "true", "use_bidirectional_attention")]
    [InlineData("LlamaForCausalLM", "architectures", "3", "architectures")]
    [InlineData("LlamaForCausalLM", "architectures", "[]", "architecture none")]
    public void A_field_that_cannot_be_right_is_named(string architecture, string field, string json, string named)
    {
        JsonObject config = Llama(architecture);
        config[field] = JsonNode.Parse(json);

        CheckpointException error = Assert.Throws<CheckpointException>(() => Read(config));

        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.Contains("config.json", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GPT2LMHeadModel", "activation_function", "\"relu\"")]
    [InlineData("GPT2LMHeadModel", "scale_attn_by_inverse_layer_idx", "true")]
    [InlineData("GPT2LMHeadModel", "n_embd", "null")]
    [InlineData("GPTJForCausalLM", "rotary_dim", "5")]
    [InlineData("GPTJForCausalLM", "rotary_dim", "64")]
    public void A_field_of_gpt_that_cannot_be_right_is_refused(string architecture, string field, string json)
    {
        var config = (JsonObject)JsonNode.Parse($$"""{"architectures": ["{{architecture}}"], "vocab_size": 32, "n_embd": 16, "n_layer": 2, "n_head": 2, "rotary_dim": 8}""")!;
        Assert.Equal(8, Read(config).HeadSize);
        config[field] = JsonNode.Parse(json);

        Assert.Throws<CheckpointException>(() => Read(config));
    }

    private static DecoderConfig Read(JsonNode config) => DecoderFamilies.Read("config.json", Encoding.UTF8.GetBytes(config.ToJsonString()));

    private static JsonObject Llama(string architecture, params (string Field, JsonNode? Value)[] fields)
    {
        var config = (JsonObject)JsonNode.Parse($$"""
            {"architectures": ["{{architecture}}"], "vocab_size": 32, "hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 4,
             "num_attention_heads": 2, "num_key_value_heads": 1, "head_dim": 8, "max_position_embeddings": 64, "rope_theta": 10000.0, "rms_norm_eps": 1e-6}
            """)!;
        foreach ((string field, JsonNode? value) in fields)
        {
            config[field] = value;
        }

        return config;
    }
}
