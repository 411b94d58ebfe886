using Temperament.Models.Checkpoints;
using Temperament.Models.Decoder;
using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Quantization;
using Temperament.Tensors.Threading;

namespace Temperament.Methods.Training;

/// <summary>AdamW's running mean and mean square of one parameter.</summary>
internal abstract class Moments
{
    // As in bitsandbytes: small tensors keep 32 bits.
    private const int LeastForEightBits = 4096;

    /// <summary>Bytes that the moments take.</summary>
    public abstract long Bytes { get; }

    /// <summary>Makes moments of zero.</summary>
    public static Moments For(Parameter parameter, OptimizerKind optimizer) =>
        UsesEightBits(parameter.Value.Count, optimizer) ? new EightBit(parameter) : new Full(parameter);

    /// <summary>Bytes that the moments of so many numbers take.</summary>
    public static long BytesFor(long count, OptimizerKind optimizer) => UsesEightBits(count, optimizer)
        ? (2 * count) + (2 * sizeof(float) * ((count + BlockwiseMoments.BlockSize - 1) / BlockwiseMoments.BlockSize))
        : 2 * sizeof(float) * count;

    /// <summary>One step of the parameter.</summary>
    public abstract void Step(ComputePool pool, Parameter parameter, in AdamWStep settings);

    /// <summary>What a checkpoint keeps.</summary>
    public abstract IEnumerable<SafetensorsTensor> Save(string name);

    /// <summary>Takes up what <see cref="Save"/> kept.</summary>
    public abstract void Restore(SafetensorsFile file, string name);

    private static bool UsesEightBits(long count, OptimizerKind optimizer) => optimizer == OptimizerKind.AdamW8Bit && count >= LeastForEightBits;

    private sealed class Full(Parameter parameter) : Moments
    {
        private readonly Tensor _mean = Tensor.Zeros(parameter.Value.Rows, parameter.Value.Columns);
        private readonly Tensor _square = Tensor.Zeros(parameter.Value.Rows, parameter.Value.Columns);

        public override long Bytes => 2 * sizeof(float) * _mean.Count;

        public override void Step(ComputePool pool, Parameter parameter, in AdamWStep settings) =>
            AdamW.Step(pool, parameter.Value, parameter.Gradient, _mean, _square, settings);

        public override IEnumerable<SafetensorsTensor> Save(string name) =>
            [SafetensorsTensor.F32("mean." + name, _mean), SafetensorsTensor.F32("square." + name, _square)];

        public override void Restore(SafetensorsFile file, string name)
        {
            file.ReadFloats("mean." + name).CopyTo(_mean.Span);
            file.ReadFloats("square." + name).CopyTo(_square.Span);
        }
    }

    private sealed class EightBit(Parameter parameter) : Moments
    {
        private readonly BlockwiseMoments _moments = new(parameter.Value.Count);

        public override long Bytes => _moments.Bytes;

        public override void Step(ComputePool pool, Parameter parameter, in AdamWStep settings) =>
            AdamW8.Step(pool, parameter.Value, parameter.Gradient, _moments, settings);

        public override IEnumerable<SafetensorsTensor> Save(string name) =>
        [
            SafetensorsTensor.F32("mean.scale." + name, _moments.MeanScales),
            SafetensorsTensor.F32("square.scale." + name, _moments.SquareScales),
            SafetensorsTensor.U8("mean.code." + name, [_moments.Count], _moments.MeanCodes.Span(0, (int)_moments.Count)),
            SafetensorsTensor.U8("square.code." + name, [_moments.Count], _moments.SquareCodes.Span(0, (int)_moments.Count)),
        ];

        public override void Restore(SafetensorsFile file, string name)
        {
            file.ReadFloats("mean.scale." + name).CopyTo(_moments.MeanScales.Span);
            file.ReadFloats("square.scale." + name).CopyTo(_moments.SquareScales.Span);
            file.Bytes("mean.code." + name).CopyTo(_moments.MeanCodes.Span(0, (int)_moments.Count));
            file.Bytes("square.code." + name).CopyTo(_moments.SquareCodes.Span(0, (int)_moments.Count));
        }
    }
}
