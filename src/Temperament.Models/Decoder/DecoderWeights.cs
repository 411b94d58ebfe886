using Temperament.Tensors.Memory;

namespace Temperament.Models.Decoder;

/// <summary>The weights of one block.</summary>
public sealed class BlockWeights
{
    /// <summary>(1, C) scale of the norm before attention.</summary>
    public required Parameter AttentionNorm { get; init; }

    /// <summary>(H*D, C) query projection.</summary>
    public required Linear Query { get; init; }

    /// <summary>(K*D, C) key projection.</summary>
    public required Linear Key { get; init; }

    /// <summary>(K*D, C) value projection.</summary>
    public required Linear Value { get; init; }

    /// <summary>(C, H*D) output projection.</summary>
    public required Linear Output { get; init; }

    /// <summary>(1, C) scale of the norm before the MLP.</summary>
    public required Parameter FeedForwardNorm { get; init; }

    /// <summary>(F, C) gate projection.</summary>
    public required Linear Gate { get; init; }

    /// <summary>(F, C) up projection.</summary>
    public required Linear Up { get; init; }

    /// <summary>(C, F) down projection.</summary>
    public required Linear Down { get; init; }

    /// <summary>The seven linear layers, in the order of the forward pass.</summary>
    public IEnumerable<Linear> Linears => [Query, Key, Value, Output, Gate, Up, Down];
}

/// <summary>The weights of a decoder under the names that Hugging Face gives them.</summary>
public sealed class DecoderWeights
{
    /// <summary>Reads all weights.</summary>
    /// <param name="config">Shape of the decoder.</param>
    /// <param name="load">Gives the float32 tensor of a name, (rows, columns), vectors as one row.</param>
    /// <param name="store">Gives the storage of a linear layer's weights: kept in float32, or quantised.</param>
    public DecoderWeights(DecoderConfig config, Func<string, Tensor> load, Func<string, WeightMatrix> store)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(load);
        ArgumentNullException.ThrowIfNull(store);
        Parameter Vector(string name) => new(name, load(name));
        Linear Layer(string name) => new(name, store(name + ".weight"));

        Embedding = Vector("model.embed_tokens.weight");
        var blocks = new BlockWeights[config.Layers];
        for (int l = 0; l < blocks.Length; l++)
        {
            string block = $"model.layers.{l}.";
            blocks[l] = new BlockWeights
            {
                AttentionNorm = Vector(block + "input_layernorm.weight"),
                Query = Layer(block + "self_attn.q_proj"),
                Key = Layer(block + "self_attn.k_proj"),
                Value = Layer(block + "self_attn.v_proj"),
                Output = Layer(block + "self_attn.o_proj"),
                FeedForwardNorm = Vector(block + "post_attention_layernorm.weight"),
                Gate = Layer(block + "mlp.gate_proj"),
                Up = Layer(block + "mlp.up_proj"),
                Down = Layer(block + "mlp.down_proj"),
            };
        }

        Blocks = blocks;
        FinalNorm = Vector("model.norm.weight");
        Head = config.TiedEmbeddings ? Embedding : Vector("lm_head.weight");
        HeadMatrix = WeightMatrix.F32(Head.Value);
    }

    /// <summary>(V, C) token embeddings.</summary>
    public Parameter Embedding { get; }

    /// <summary>The blocks.</summary>
    public IReadOnlyList<BlockWeights> Blocks { get; }

    /// <summary>(1, C) scale of the last norm.</summary>
    public Parameter FinalNorm { get; }

    /// <summary>(V, C) output layer; the embeddings where they are tied.</summary>
    public Parameter Head { get; }

    /// <summary>The output layer as the matrix product takes it.</summary>
    internal WeightMatrix HeadMatrix { get; }

    /// <summary>Numbers of adapters that stand in the place of the base's, in the order in which they were put on.</summary>
    public IList<Replacement> Replacements { get; } = [];

    /// <summary>All linear layers of all blocks.</summary>
    public IEnumerable<Linear> Linears => Blocks.SelectMany(b => b.Linears);

    /// <summary>Every float32 parameter of the base once, in the order of the forward pass. Quantised layers have none.</summary>
    public IEnumerable<Parameter> Parameters
    {
        get
        {
            yield return Embedding;
            foreach (BlockWeights block in Blocks)
            {
                yield return block.AttentionNorm;
                foreach (Linear linear in new[] { block.Query, block.Key, block.Value, block.Output })
                {
                    if (linear.Dense is { } dense)
                    {
                        yield return dense;
                    }
                }

                yield return block.FeedForwardNorm;
                foreach (Linear linear in new[] { block.Gate, block.Up, block.Down })
                {
                    if (linear.Dense is { } dense)
                    {
                        yield return dense;
                    }
                }
            }

            yield return FinalNorm;
            if (!ReferenceEquals(Head, Embedding))
            {
                yield return Head;
            }
        }
    }
}
