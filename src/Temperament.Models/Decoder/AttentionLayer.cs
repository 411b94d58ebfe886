using Temperament.Models.Hooks;
using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;

namespace Temperament.Models.Decoder;

/// <summary>The attention of a block with its projections: queries, keys and values, norms of the heads, rotation, attention, output.</summary>
internal static class AttentionLayer
{
    /// <summary>Computes attention from <see cref="BlockActivations.AttentionInput"/>.</summary>
    /// <param name="pass">What is common to all blocks of the pass.</param>
    /// <param name="layer">Number of the block.</param>
    /// <param name="weights">Weights of the block.</param>
    /// <param name="a">Receives the activations.</param>
    /// <param name="output">(R, C) receives the output of the output projection.</param>
    /// <param name="memory">Where activations are taken from.</param>
    public static void Forward(in BlockPass pass, int layer, BlockWeights weights, ref BlockActivations a, Tensor output, Arena memory)
    {
        DecoderConfig config = pass.Config;
        int R = output.Rows, width = config.Heads * config.HeadSize;
        Project(pass, weights, ref a, memory);
        if (weights.QueryNorm is { } queryNorm && weights.KeyNorm is { } keyNorm)
        {
            (a.PlainQuery, a.PlainKey) = (a.Query, a.Key);
            (a.Query, a.QueryStatistics) = NormaliseHeads(pass, queryNorm, a.PlainQuery, memory);
            (a.Key, a.KeyStatistics) = NormaliseHeads(pass, keyNorm, a.PlainKey, memory);
        }

        Rotate(pass, layer, a.Query, inverse: false);
        Rotate(pass, layer, a.Key, inverse: false);
        a.Attended = memory.Take(R, width);
        a.LogSumExp = memory.Take(R, config.Heads);
        (Tensor keys, Tensor values) = pass.Cache is { } cache ? cache.Append(layer, a.Key, a.Value, pass.Batch) : (a.Key, a.Value);
        Attention.Forward(
            pass.Pool, a.Attended, a.LogSumExp, a.Query, keys, values, pass.Segments, config.Heads, config.KeyValueHeads, pass.Scale, pass.Variant(layer));
        if (pass.Hooks is { } hooks)
        {
            if (hooks.Wants(HookSite.AttentionPattern, layer))
            {
                AttentionPattern.Visit(pass, layer, a.Attended, a.Query, keys, values);
            }

            hooks.Visit(HookSite.HeadOutput, layer, a.Attended, pass.Batch);
        }

        a.OutputInner = weights.Output.Forward(pass.Pool, output, a.Attended, memory, pass.Dropout);
    }

    /// <summary>Computes the gradient of the input and adds the gradients of trainable weights.</summary>
    /// <param name="pass">The pass of <see cref="Forward"/>.</param>
    /// <param name="layer">Number of the block.</param>
    /// <param name="weights">Weights of the block.</param>
    /// <param name="a">What <see cref="Forward"/> gave.</param>
    /// <param name="doutput">(R, C) gradient of the output.</param>
    /// <param name="dinput">(R, C) gradient of the input.</param>
    /// <param name="memory">Where workspace is taken from.</param>
    /// <param name="accumulate">Whether <paramref name="dinput"/> is added to, or set.</param>
    public static void Backward(
        in BlockPass pass, int layer, BlockWeights weights, in BlockActivations a, Tensor doutput, Tensor dinput, Arena memory, bool accumulate)
    {
        DecoderConfig config = pass.Config;
        int R = doutput.Rows, width = config.Heads * config.HeadSize, keyWidth = config.KeyValueHeads * config.HeadSize;
        Tensor dattended = memory.Take(R, width);
        Tensor dall = weights.QueryKeyValue is null ? default : memory.Take(R, width + (2 * keyWidth));
        Tensor dquery = dall.IsEmpty ? memory.Take(R, width) : dall.SliceColumns(0, width);
        Tensor dkey = dall.IsEmpty ? memory.Take(R, keyWidth) : dall.SliceColumns(width, keyWidth);
        Tensor dvalue = dall.IsEmpty ? memory.Take(R, keyWidth) : dall.SliceColumns(width + keyWidth, keyWidth);
        dquery.Clear();
        dkey.Clear();
        dvalue.Clear();
        weights.Output.Backward(pass.Pool, dattended, doutput, a.Attended, a.OutputInner, memory, accumulate: false, pass.Dropout);
        Attention.Backward(
            pass.Pool, dquery, dkey, dvalue, dattended, a.Attended, a.Query, a.Key, a.Value, a.LogSumExp, pass.Segments,
            config.Heads, config.KeyValueHeads, pass.Scale, pass.Variant(layer));
        Rotate(pass, layer, dquery, inverse: true);
        Rotate(pass, layer, dkey, inverse: true);
        if (weights.QueryNorm is { } queryNorm && weights.KeyNorm is { } keyNorm)
        {
            dquery = BeforeHeads(pass, queryNorm, dquery, a.PlainQuery, a.QueryStatistics, memory);
            dkey = BeforeHeads(pass, keyNorm, dkey, a.PlainKey, a.KeyStatistics, memory);
        }

        if (weights.QueryKeyValue is { } fused)
        {
            fused.Backward(pass.Pool, dinput, dall, a.AttentionInput, a.QueryInner, memory, accumulate, pass.Dropout);
            return;
        }

        weights.Query!.Backward(pass.Pool, dinput, dquery, a.AttentionInput, a.QueryInner, memory, accumulate, pass.Dropout);
        weights.Key!.Backward(pass.Pool, dinput, dkey, a.AttentionInput, a.KeyInner, memory, accumulate: true, pass.Dropout);
        weights.Value!.Backward(pass.Pool, dinput, dvalue, a.AttentionInput, a.ValueInner, memory, accumulate: true, pass.Dropout);
    }

    private static void Project(in BlockPass pass, BlockWeights weights, ref BlockActivations a, Arena memory)
    {
        DecoderConfig config = pass.Config;
        int R = a.AttentionInput.Rows, width = config.Heads * config.HeadSize, keyWidth = config.KeyValueHeads * config.HeadSize;
        if (weights.QueryKeyValue is { } fused)
        {
            Tensor all = memory.Take(R, width + (2 * keyWidth));
            a.QueryInner = fused.Forward(pass.Pool, all, a.AttentionInput, memory, pass.Dropout);
            a.Query = all.SliceColumns(0, width);
            a.Key = all.SliceColumns(width, keyWidth);
            a.Value = all.SliceColumns(width + keyWidth, keyWidth);
            return;
        }

        a.Query = memory.Take(R, width);
        a.Key = memory.Take(R, keyWidth);
        a.Value = memory.Take(R, keyWidth);
        a.QueryInner = weights.Query!.Forward(pass.Pool, a.Query, a.AttentionInput, memory, pass.Dropout);
        a.KeyInner = weights.Key!.Forward(pass.Pool, a.Key, a.AttentionInput, memory, pass.Dropout);
        a.ValueInner = weights.Value!.Forward(pass.Pool, a.Value, a.AttentionInput, memory, pass.Dropout);
    }

    private static (Tensor Heads, Tensor Statistics) NormaliseHeads(in BlockPass pass, Norm norm, Tensor x, Arena memory)
    {
        int D = pass.Config.HeadSize, rows = x.Rows * (x.Columns / D);
        Tensor y = memory.Take(x.Rows, x.Columns);
        Tensor statistics = norm.Forward(pass.Pool, y.Reshape(rows, D), x.Reshape(rows, D), memory);
        return (y, statistics);
    }

    private static Tensor BeforeHeads(in BlockPass pass, Norm norm, Tensor dy, Tensor x, Tensor statistics, Arena memory)
    {
        int D = pass.Config.HeadSize, rows = x.Rows * (x.Columns / D);
        Tensor dx = memory.Take(x.Rows, x.Columns);
        dx.Clear();
        norm.Backward(pass.Pool, dx.Reshape(rows, D), dy.Reshape(rows, D), x.Reshape(rows, D), statistics, memory);
        return dx;
    }

    private static void Rotate(in BlockPass pass, int layer, Tensor heads, bool inverse)
    {
        if (pass.RopeOf(layer) is not { } rope)
        {
            return;
        }

        if (pass.Config.RotatesNeighbours)
        {
            InterleavedRope.Apply(pass.Pool, heads, pass.Config.HeadSize, rope.Rows, rope.Cos, rope.Sin, inverse);
        }
        else
        {
            Rope.Apply(pass.Pool, heads, pass.Config.HeadSize, rope.Rows, rope.Cos, rope.Sin, inverse);
        }
    }
}
