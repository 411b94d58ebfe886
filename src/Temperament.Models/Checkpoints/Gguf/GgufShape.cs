using Temperament.Models.Decoder;

namespace Temperament.Models.Checkpoints.Gguf;

/// <summary>Reads the shape of a decoder from the metadata of a GGUF file, and checks that the tensors are those of that shape.</summary>
internal static class GgufShape
{
    public static DecoderConfig Read(GgufFile file)
    {
        string name = file.GetString("general.architecture");
        if (file.FindString("general.type") is { } type && type != "model")
        {
            throw new CheckpointException(file.Path, $"a file of type {type}", "a whole model", "Give the model that this file belongs to.");
        }

        GgufArchitecture architecture = GgufArchitecture.Find(name) ?? throw new CheckpointException(file.Path, $"architecture {name}",
            $"a decoder of one of {string.Join(", ", GgufArchitecture.Names)}", "Models of this architecture are not computed here.");
        var keys = new GgufShapeKeys(file, architecture);
        DecoderConfig config = Of(keys, Common(keys));
        Check(keys, config);
        return config;
    }

    private static DecoderConfig Common(GgufShapeKeys keys)
    {
        GgufArchitecture architecture = keys.Architecture;
        int hidden = keys.Integer("embedding_length"), heads = keys.Integer("attention.head_count"), layers = keys.Integer("block_count");
        int size = keys.Integer("attention.key_length", Math.Max(1, hidden / heads)), rotated = keys.Integer("rope.dimension_count", size);
        int positions = keys.Integer("context_length", 2048);
        double theta = keys.Number("rope.freq_base", architecture.Theta);
        return new DecoderConfig
        {
            Family = architecture.Name,
            Layout = architecture.Layout,
            VocabularySize = keys.Integer("vocab_size", keys.Embeddings()),
            HiddenSize = hidden,
            FeedForwardSize = keys.Integer("feed_forward_length"),
            Layers = layers,
            Heads = heads,
            KeyValueHeads = keys.Integer("attention.head_count_kv", heads),
            HeadSize = size,
            RmsNormEps = (float)keys.Number(architecture.HasLayerNorm ? "attention.layer_norm_epsilon" : "attention.layer_norm_rms_epsilon", 1e-5),
            RopeTheta = theta,
            RotaryChannels = rotated == size ? null : rotated,
            RopeScaling = GgufRopeScaling.Read(keys, Math.Min(rotated, size), theta, positions),
            MaxPositions = positions,
            TiedEmbeddings = !keys.Holds(GgufNames.Head),
            Windows = keys.Windows(layers),
            AttentionScale = keys.Scale() ?? architecture.AttentionScale(layers, hidden, heads, size),
            AttentionCap = keys.Cap("attn_logit_softcapping", architecture.AttentionCap),
            LogitCap = keys.Cap("final_logit_softcapping", architecture.LogitCap),
            HasAttentionBias = keys.Holds("blk.0.attn_q.bias") || keys.Holds("blk.0.attn_qkv.bias"),
            HasOutputBias = keys.Holds("blk.0.attn_output.bias"),
            HasFeedForwardBias = keys.Holds("blk.0.ffn_up.bias"),
            HasHeadBias = keys.Holds("output.bias"),
        };
    }

    private static DecoderConfig Of(GgufShapeKeys keys, DecoderConfig config) => config.Family switch
    {
        "llama" => config with { Family = config.Windows is null ? "llama" : "mistral" },
        "qwen3" => config with { HasQueryKeyNorm = true },
        "gemma" or "gemma2" => Gemma(config),
        "gemma3" => Gemma(config) with { HasQueryKeyNorm = true, LocalRopeTheta = keys.Number("rope.freq_base_swa", 10_000) },
        "phi3" => config with { RotaryChannels = config.RotarySize },
        "gpt2" => config with { Norm = NormKind.Layer, FeedForward = FeedForwardKind.Gelu, RotaryChannels = null },
        "gptj" => config with { Norm = NormKind.Layer, FeedForward = FeedForwardKind.Gelu, RotaryChannels = config.RotarySize, RotatesNeighbours = true },
        _ => config,
    };

    private static DecoderConfig Gemma(DecoderConfig config) => config with
    {
        Norm = NormKind.RmsOffset,
        FeedForward = FeedForwardKind.GeGlu,
        EmbeddingScale = (float)Math.Sqrt(config.HiddenSize),
    };

    private static void Check(GgufShapeKeys keys, DecoderConfig config)
    {
        if (config.Heads % config.KeyValueHeads != 0 || config.RotarySize % 2 != 0 || config.RotarySize > config.HeadSize)
        {
            throw keys.Wrong($"{config.Heads} heads, {config.KeyValueHeads} key-value heads of size {config.HeadSize}, of which {config.RotarySize} are rotated",
                "key-value heads that divide the heads, and an even number of rotated channels", "The metadata is damaged.");
        }

        if (keys.Integer("attention.value_length", config.HeadSize) is var size && size != config.HeadSize)
        {
            throw keys.Wrong($"values of size {size}", $"{config.HeadSize}, the size of keys", "Heads of this kind are not computed here.");
        }

        if (keys.Architecture.RotatesPairs && config.RotarySize != config.HeadSize)
        {
            throw keys.Wrong($"{config.RotarySize} rotated channels of {config.HeadSize}", "all of them", "Heads of this kind are not computed here.");
        }

        if (config.Layers > keys.File.Tensors.Count)
        {
            throw keys.Wrong($"{config.Layers} blocks in {keys.File.Tensors.Count} tensors", "several tensors a block", "The metadata is damaged.");
        }

        var expected = new HashSet<string>(GgufNames.All(config), StringComparer.Ordinal) { GgufNames.RotaryFactors, GgufNames.ShortFactors, GgufNames.LongFactors };
        if (keys.File.Tensors.Keys.FirstOrDefault(name => !expected.Contains(name)) is { } other)
        {
            throw keys.Wrong($"a tensor {other}", $"a decoder of architecture {keys.Architecture.Name} without experts and other additions",
                "Without this tensor the model would give other numbers.");
        }
    }
}
