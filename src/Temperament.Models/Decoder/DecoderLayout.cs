namespace Temperament.Models.Decoder;

/// <summary>
/// Which modules a family has and how Hugging Face names them: paths of the modules without ".weight", those of a block without its prefix.
/// A module that is null is not there.
/// </summary>
public sealed record DecoderLayout
{
    /// <summary>Llama, Mistral, Qwen 2 and 3, Gemma 1.</summary>
    public static DecoderLayout Llama { get; } = new()
    {
        Embedding = "model.embed_tokens",
        Blocks = "model.layers.",
        AttentionNorm = "input_layernorm",
        Query = "self_attn.q_proj",
        Key = "self_attn.k_proj",
        Value = "self_attn.v_proj",
        Output = "self_attn.o_proj",
        FeedForwardNorm = "post_attention_layernorm",
        Gate = "mlp.gate_proj",
        Up = "mlp.up_proj",
        Down = "mlp.down_proj",
        FinalNorm = "model.norm",
    };

    /// <summary>Gemma 2 and 3: what attention and MLP give is normalised once more before it is added.</summary>
    public static DecoderLayout Gemma2 { get; } = Llama with
    {
        AttentionPostNorm = "post_attention_layernorm",
        FeedForwardNorm = "pre_feedforward_layernorm",
        FeedForwardPostNorm = "post_feedforward_layernorm",
    };

    /// <summary>Phi-3: one projection for queries, keys and values, one for gate and up.</summary>
    public static DecoderLayout Phi3 { get; } = Llama with
    {
        Query = null,
        Key = null,
        Value = null,
        QueryKeyValue = "self_attn.qkv_proj",
        Gate = null,
        Up = null,
        GateUp = "mlp.gate_up_proj",
    };

    /// <summary>GPT-2: learned positions; linear layers are stored as (inputs, outputs).</summary>
    public static DecoderLayout Gpt2 { get; } = new()
    {
        Embedding = "transformer.wte",
        Positions = "transformer.wpe",
        Blocks = "transformer.h.",
        AttentionNorm = "ln_1",
        QueryKeyValue = "attn.c_attn",
        Output = "attn.c_proj",
        FeedForwardNorm = "ln_2",
        Up = "mlp.c_fc",
        Down = "mlp.c_proj",
        FinalNorm = "transformer.ln_f",
        IsTransposed = true,
    };

    /// <summary>GPT-J: one norm feeds attention and MLP.</summary>
    public static DecoderLayout GptJ { get; } = new()
    {
        Embedding = "transformer.wte",
        Blocks = "transformer.h.",
        AttentionNorm = "ln_1",
        Query = "attn.q_proj",
        Key = "attn.k_proj",
        Value = "attn.v_proj",
        Output = "attn.out_proj",
        Up = "mlp.fc_in",
        Down = "mlp.fc_out",
        FinalNorm = "transformer.ln_f",
    };

    /// <summary>(V, C) token embeddings.</summary>
    public required string Embedding { get; init; }

    /// <summary>(P, C) position embeddings; null where positions are rotated in.</summary>
    public string? Positions { get; init; }

    /// <summary>What stands before the number of a block.</summary>
    public required string Blocks { get; init; }

    /// <summary>(C) norm before attention, and before the MLP where there is no other.</summary>
    public required string AttentionNorm { get; init; }

    /// <summary>(C) norm of what attention gives.</summary>
    public string? AttentionPostNorm { get; init; }

    /// <summary>(H*D, C) queries.</summary>
    public string? Query { get; init; }

    /// <summary>(K*D, C) keys.</summary>
    public string? Key { get; init; }

    /// <summary>(K*D, C) values.</summary>
    public string? Value { get; init; }

    /// <summary>((H + 2K)*D, C) queries, keys and values below each other.</summary>
    public string? QueryKeyValue { get; init; }

    /// <summary>(D) norm of each query head.</summary>
    public string QueryNorm { get; init; } = "self_attn.q_norm";

    /// <summary>(D) norm of each key head.</summary>
    public string KeyNorm { get; init; } = "self_attn.k_norm";

    /// <summary>(C, H*D) output projection.</summary>
    public required string Output { get; init; }

    /// <summary>(C) norm before the MLP; null where attention and MLP run side by side.</summary>
    public string? FeedForwardNorm { get; init; }

    /// <summary>(C) norm of what the MLP gives.</summary>
    public string? FeedForwardPostNorm { get; init; }

    /// <summary>(F, C) gate.</summary>
    public string? Gate { get; init; }

    /// <summary>(F, C) up projection.</summary>
    public string? Up { get; init; }

    /// <summary>(2F, C) gate and up projection below each other.</summary>
    public string? GateUp { get; init; }

    /// <summary>(C, F) down projection.</summary>
    public required string Down { get; init; }

    /// <summary>(C) last norm.</summary>
    public required string FinalNorm { get; init; }

    /// <summary>(V, C) output layer.</summary>
    public string Head { get; init; } = "lm_head";

    /// <summary>Whether checkpoints hold the linear layers of the blocks as (inputs, outputs).</summary>
    public bool IsTransposed { get; init; }

    /// <summary>Whether attention and MLP read the same norm and are added together.</summary>
    public bool IsParallel => FeedForwardNorm is null;

    /// <summary>Whether a checkpoint holds this tensor as (inputs, outputs).</summary>
    /// <param name="name">Name of the tensor.</param>
    public bool StoresTransposed(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return IsTransposed && name.StartsWith(Blocks, StringComparison.Ordinal) && name.EndsWith(".weight", StringComparison.Ordinal)
            && Linears.Any(linear => name.EndsWith($".{linear}.weight", StringComparison.Ordinal));
    }

    private IEnumerable<string> Linears => new[] { Query, Key, Value, QueryKeyValue, Output, Gate, Up, GateUp, Down }.OfType<string>();
}
