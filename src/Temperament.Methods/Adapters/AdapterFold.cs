using Temperament.Models.Decoder;
using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;

namespace Temperament.Methods.Adapters;

/// <summary>
/// Branches that are no branch of a linear layer of a block are folded into whole parameters when they are read: those of the output layer
/// (W + s B A), of the embeddings (W + s (B A)^T), and weights split into size and direction (m (W + s B A) / |W + s B A| by row; DoRA,
/// Liu et al. 2024, https://arxiv.org/abs/2402.09353).
/// </summary>
internal static class AdapterFold
{
    private const string Prefix = "base_model.model.", Head = "lm_head";

    /// <summary>Whether the configuration names anything of the kind.</summary>
    public static bool Any(DecoderNetwork network, LoraConfig config) =>
        config.Decomposed || Folds(config, Head) || Folds(config, Module(network.Weights.Embedding));

    /// <summary>Reads and folds.</summary>
    /// <exception cref="AdapterException">A tensor does not bind, or the base has such weights in NF4.</exception>
    public static void Bind(DecoderNetwork network, LoraAdapter adapter, AdapterTensors tensors)
    {
        LoraConfig config = adapter.Config;
        DecoderWeights weights = network.Weights;
        bool head = Folds(config, Head), embeddings = Folds(config, Module(weights.Embedding));
        if ((head || embeddings) && ReferenceEquals(weights.Head, weights.Embedding))
        {
            throw new AdapterException(config.BaseModel ?? "adapter", "a branch on embeddings that are also the output layer", "separate tables",
                "What the branch does to a shared table is not the same in all tools; train without it.");
        }

        if (head)
        {
            (Parameter a, Parameter b) = Pair(tensors, config, Head, "lora_A.weight", "lora_B.weight", weights.Head.Value.Columns, weights.Head.Value.Rows);
            Tensor folded = Copy(weights.Head.Value);
            AddProduct(network, folded, b.Value, a.Value, config.ScaleOf(Head));
            adapter.Fold(weights.Head, folded, a, b);
        }

        if (embeddings)
        {
            string path = Module(weights.Embedding);
            Tensor table = weights.Embedding.Value;
            (Parameter a, Parameter b) = Pair(tensors, config, path, "lora_embedding_A", "lora_embedding_B", table.Rows, table.Columns);
            Tensor folded = Copy(table);
            AddProduct(network, folded, Transpose(a.Value), Transpose(b.Value), config.ScaleOf(path));
            adapter.Fold(weights.Embedding, folded, a, b);
        }

        if (config.Decomposed)
        {
            Decompose(network, adapter, tensors);
        }
    }

    private static void Decompose(DecoderNetwork network, LoraAdapter adapter, AdapterTensors tensors)
    {
        Dictionary<string, Linear> linears = network.Weights.Linears.ToDictionary(l => l.Name);
        foreach ((string path, LowRank branch) in adapter.Branches)
        {
            if (linears[path].Dense is not { } dense)
            {
                throw new AdapterException(adapter.Config.BaseModel ?? "adapter", "use_dora = true over weights in NF4",
                    "a base in float32 or in the format of its checkpoint", "Its sizes are norms of the whole weights. Load the base without --quantize.");
            }

            string name = $"{Prefix}{path}.lora_magnitude_vector";
            Tensor sizes = tensors.Read(name, 1, dense.Value.Rows);
            Tensor folded = Copy(dense.Value);
            AddProduct(network, folded, branch.B.Value, branch.A.Value, branch.Scale);
            for (int r = 0; r < folded.Rows; r++)
            {
                float factor = (float)(sizes[0, r] / Math.Sqrt(Elementwise.SumOfSquares(folded.SliceRows(r, 1))));
                foreach (ref float value in folded.Row(r))
                {
                    value *= factor;
                }
            }

            adapter.Fold(dense, folded, branch.A, branch.B, new Parameter(name, sizes));
        }

        adapter.ForgetBranches();
    }

    private static bool Folds(LoraConfig config, string path) =>
        config.TargetModules is not [LoraConfig.AllLinear] && config.TargetPattern != LoraConfig.AllLinear && config.Targets(path);

    private static (Parameter A, Parameter B) Pair(
        AdapterTensors tensors, LoraConfig config, string path, string nameOfA, string nameOfB, int inputs, int outputs)
    {
        int rank = config.RankOf(path);
        string a = $"{Prefix}{path}.{nameOfA}", b = $"{Prefix}{path}.{nameOfB}";
        return (new Parameter(a, tensors.Read(a, rank, inputs)), new Parameter(b, tensors.Read(b, outputs, rank)));
    }

    // target (N, K) += scale * b (N, r) a (r, K)
    private static void AddProduct(DecoderNetwork network, Tensor target, Tensor b, Tensor a, double scale)
    {
        Tensor scaled = Copy(b);
        Elementwise.Scale(network.Pool, scaled, (float)scale);
        MatMul.BackwardInput(network.Pool, target, scaled, WeightMatrix.F32(a));
    }

    private static Tensor Copy(Tensor source)
    {
        Tensor copy = Tensor.Zeros(source.Rows, source.Columns);
        copy.CopyFrom(source);
        return copy;
    }

    private static Tensor Transpose(Tensor source)
    {
        Tensor result = Tensor.Zeros(source.Columns, source.Rows);
        for (int r = 0; r < source.Rows; r++)
        {
            for (int c = 0; c < source.Columns; c++)
            {
                result[c, r] = source[r, c];
            }
        }

        return result;
    }

    private static string Module(Parameter parameter) => WholeParameters.Module(parameter);
}
