using Temperament.Models.Decoder;
using Temperament.Tensors.Diagnostics.Cases;
using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Quantization;
using Temperament.Tensors.Threading;

namespace Temperament.Benchmarks.Runs;

/// <summary>A decoder with random weights of ordinary size, and the bytes that its weights take.</summary>
internal sealed class RandomModel : IDisposable
{
    private const float Deviation = 0.02f;

    private readonly TensorBank _bank = new();
    private readonly ComputePool _pool;
    private readonly DecoderConfig _config;

    /// <summary>Makes the weights.</summary>
    /// <param name="config">Shape.</param>
    /// <param name="format">
    /// Storage of the linear layers of the blocks; NF4 has its scales in 8 bits, and its embeddings and output layer in bfloat16, as they are in the
    /// checkpoints that people quantise.
    /// </param>
    /// <param name="pool">Threads.</param>
    public RandomModel(DecoderConfig config, WeightFormat format, ComputePool pool)
    {
        (_config, _pool) = (config, pool);
        WeightFormat tables = format == WeightFormat.F32 ? WeightFormat.F32 : WeightFormat.Bf16;
        Network = new DecoderNetwork(
            config, new DecoderWeights(config, name => Track(Draw(_bank, name)), name => Store(name, format), name => Store(name, tables)), pool);
    }

    public DecoderNetwork Network { get; }

    /// <summary>Bytes of the embeddings, as they are stored.</summary>
    public double EmbeddingBytes => Network.Weights.Embedding.Held.Bytes;

    /// <summary>Bytes of all weights, as they are stored.</summary>
    public double WeightBytes { get; private set; }

    public void Dispose() => _bank.Dispose();

    private WeightMatrix Store(string name, WeightFormat format)
    {
        if (format == WeightFormat.F32)
        {
            return WeightMatrix.F32(Track(Draw(_bank, name)));
        }

        using var source = new TensorBank();
        Tensor numbers = Draw(source, name);
        WeightBytes += ProductCases.BytesOf(numbers.Rows, numbers.Columns, format);
        return format == WeightFormat.Bf16
            ? _bank.Own(Bf16Matrix.Round(numbers)) : _bank.Own(Nf4.Quantize(numbers, doubleQuantize: true, _pool));
    }

    private Tensor Track(Tensor tensor)
    {
        WeightBytes += tensor.Count * sizeof(float);
        return tensor;
    }

    private Tensor Draw(TensorBank bank, string name)
    {
        (int rows, int columns) = ShapeOf(name);
        if (name.EndsWith("norm.weight", StringComparison.Ordinal))
        {
            Tensor ones = bank.Zeros(rows, columns);
            ones.Span.Fill(1);
            return ones;
        }

        Tensor tensor = bank.Normal(rows, columns);
        Elementwise.Scale(_pool, tensor, Deviation);
        return tensor;
    }

    private (int Rows, int Columns) ShapeOf(string name)
    {
        int C = _config.HiddenSize, F = _config.FeedForwardSize, D = _config.HeadSize;
        return name.Split('.')[^2] switch
        {
            "embed_tokens" or "lm_head" => (_config.VocabularySize, C),
            "q_proj" => (_config.Heads * D, C),
            "k_proj" or "v_proj" => (_config.KeyValueHeads * D, C),
            "o_proj" => (C, _config.Heads * D),
            "gate_proj" or "up_proj" => (F, C),
            "down_proj" => (C, F),
            _ => (1, C),
        };
    }
}
