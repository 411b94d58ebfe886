using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;

namespace Temperament.Models.Decoder;

/// <summary>
/// Noise on the embeddings in training: uniform in (-1, 1) times alpha / sqrt(T * C), T the length of the sequence. NEFTune, Jain et al.
/// 2023, https://arxiv.org/abs/2310.05914. It depends on the seed, the step and the row within the step only.
/// </summary>
public sealed class EmbeddingNoise
{
    private readonly Tensor _given;
    private readonly double _alpha;
    private readonly DropoutMask _draw;

    private EmbeddingNoise(Tensor given, double alpha, DropoutMask draw)
    {
        _given = given;
        _alpha = alpha;
        _draw = draw;
    }

    /// <summary>Noise that another trainer drew.</summary>
    /// <param name="noise">(R, C) what is added.</param>
    public static EmbeddingNoise Of(Tensor noise) => new(noise, 0, default);

    /// <summary>Noise that is drawn here.</summary>
    /// <param name="alpha">Size; 5 in the paper.</param>
    /// <param name="draw">Names the step and its rows.</param>
    public static EmbeddingNoise Drawn(double alpha, DropoutMask draw) => new(default, alpha, draw);

    internal void AddTo(ComputePool pool, Tensor x, TokenBatch batch)
    {
        if (!_given.IsEmpty)
        {
            Elementwise.Add(pool, x, _given);
            return;
        }

        ulong key = _draw.KeyOf("neftune");
        for (int s = 0; s < batch.Sequences; s++)
        {
            int start = batch.Starts[s], length = batch.Starts[s + 1] - start;
            float size = (float)(_alpha / Math.Sqrt((double)length * x.Columns));
            UniformNoise.Add(pool, x.SliceRows(start, length), size, key, _draw.FirstRow + start);
        }
    }
}
