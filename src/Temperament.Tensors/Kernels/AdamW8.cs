using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Quantization;
using Temperament.Tensors.Threading;

namespace Temperament.Tensors.Kernels;

/// <summary>
/// AdamW whose moments are stored in 8 bits, block by block. Dettmers et al. 2022, https://arxiv.org/abs/2110.02861; order of operations as
/// in the block-wise kernel of bitsandbytes for GPUs: moments, update with the epsilon scaled by the correction, then decay. Sums are not
/// fused, so that codes equal those of plain float32.
/// </summary>
public static unsafe class AdamW8
{
    private const int Block = BlockwiseMoments.BlockSize, BlocksOfChunk = 64;

    /// <summary>One step of all elements.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="p">(R, C) parameters, contiguous, overwritten.</param>
    /// <param name="g">(R, C) gradients, contiguous.</param>
    /// <param name="moments">Moments of the R * C elements, overwritten.</param>
    /// <param name="settings">Rates and the number of the step.</param>
    public static void Step(ComputePool pool, Tensor p, Tensor g, BlockwiseMoments moments, in AdamWStep settings)
    {
        ArgumentNullException.ThrowIfNull(moments);
        Chunks.ThrowIfNotShape(g, p.Rows, p.Columns);
        ArgumentOutOfRangeException.ThrowIfNotEqual(moments.Count, p.Count, nameof(moments));
        ArgumentOutOfRangeException.ThrowIfEqual(p.IsContiguous && g.IsContiguous, false, nameof(p));
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.Step, 1);
        fixed (float* levels = DynamicCodes.Signed.Levels, squareLevels = DynamicCodes.Unsigned.Levels)
        {
            var job = new Job(
                p.Data, g.Data, moments.MeanCodes.Pointer, moments.SquareCodes.Pointer, moments.MeanScales.Data, moments.SquareScales.Data,
                levels, squareLevels, p.Count, new Factors(settings));

            Chunks.Run(pool, Chunks.Count(moments.MeanScales.Columns, BlocksOfChunk), p.Count, job);
        }

        p.KeepAlive();
        g.KeepAlive();
        GC.KeepAlive(moments);
    }

    // Scalars are computed in double and rounded where they meet a tensor.
    private readonly struct Factors(AdamWStep s)
    {
        public readonly float Keep1 = (float)s.Beta1, First = (float)(1 - s.Beta1);
        public readonly float Keep2 = (float)s.Beta2, Second = (float)(1 - s.Beta2);
        public readonly float Epsilon = (float)(Math.Sqrt(1 - AdamW.Power(s.Beta2, s.Step)) * s.Epsilon);
        public readonly float Rate = (float)(-s.LearningRate * Math.Sqrt(1 - AdamW.Power(s.Beta2, s.Step)) / (1 - AdamW.Power(s.Beta1, s.Step)));
        public readonly float Decay = (float)(1 - (s.LearningRate * s.WeightDecay));
        public readonly float Gradient = s.GradientScale;
    }

    private readonly struct Job(
        float* p, float* g, byte* means, byte* squares, float* meanScales, float* squareScales, float* levels, float* squareLevels,
        long count, Factors f) : IParallelJob
    {
        public void Run(int chunk)
        {
            float* m = stackalloc float[Block];
            float* v = stackalloc float[Block];
            long blocks = (count + Block - 1) / Block;
            for (long block = (long)chunk * BlocksOfChunk; block < Math.Min(blocks, ((long)chunk + 1) * BlocksOfChunk); block++)
            {
                long start = block * Block;
                int length = (int)Math.Min(Block, count - start);
                Load(m, means + start, levels, meanScales[block], length);
                Load(v, squares + start, squareLevels, squareScales[block], length);
                Update(p + start, g + start, m, v, length);
                meanScales[block] = Largest(m, length);
                squareScales[block] = Largest(v, length);
                Store(m, means + start, meanScales[block], length, signed: true);
                Store(v, squares + start, squareScales[block], length, signed: false);
            }
        }

        private static void Load(float* values, byte* codes, float* levels, float scale, int length)
        {
            for (int i = 0; i < length; i++)
            {
                values[i] = levels[codes[i]] * scale;
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Update(float* p, float* g, float* m, float* v, int length)
        {
            Vector512<float> keep1 = Vector512.Create(f.Keep1), first = Vector512.Create(f.First), keep2 = Vector512.Create(f.Keep2);
            Vector512<float> second = Vector512.Create(f.Second), epsilon = Vector512.Create(f.Epsilon), rate = Vector512.Create(f.Rate);
            Vector512<float> decay = Vector512.Create(f.Decay), gradient = Vector512.Create(f.Gradient);
            for (int i = 0; i < length; i += Lanes.Width)
            {
                int left = length - i;
                Vector512<float> g0 = Lanes.Load(g + i, left) * gradient;
                Vector512<float> m1 = (Vector512.Load(m + i) * keep1) + (first * g0);
                Vector512<float> v1 = (Vector512.Load(v + i) * keep2) + (second * g0 * g0);
                Vector512<float> p1 = (Lanes.Load(p + i, left) + (rate * (m1 / (Vector512.Sqrt(v1) + epsilon)))) * decay;
                m1.Store(m + i);
                v1.Store(v + i);
                Lanes.Store(p1, p + i, left);
            }
        }

        private static float Largest(float* values, int length)
        {
            float largest = 0;
            for (int i = 0; i < length; i++)
            {
                largest = Math.Max(largest, Math.Abs(values[i]));
            }

            return largest;
        }

        private static void Store(float* values, byte* codes, float scale, int length, bool signed)
        {
            DynamicCodes type = signed ? DynamicCodes.Signed : DynamicCodes.Unsigned;
            for (int i = 0; i < length; i++)
            {
                codes[i] = scale == 0 ? (byte)0 : signed ? type.NearestOfSign(values[i] / scale) : type.Nearest(values[i] / scale);
            }
        }
    }
}
