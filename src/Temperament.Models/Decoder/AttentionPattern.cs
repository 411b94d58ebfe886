using Temperament.Models.Hooks;
using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;

namespace Temperament.Models.Decoder;

/// <summary>
/// Shows attention weights to hooks. The kernel of attention never stores them, so they are computed a second time; what attention gave
/// is left to the bit unless a hook changed a weight of that head.
/// </summary>
internal static class AttentionPattern
{
    /// <summary>Shows the weights of a block, and computes those heads again whose weights were changed.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="layer">Number of the block.</param>
    /// <param name="attended">(R, H*D) what attention gave; heads side by side.</param>
    /// <param name="query">(R, H*D) queries as attention took them.</param>
    /// <param name="keys">(Rk, K*D) keys.</param>
    /// <param name="values">(Rk, K*D) values.</param>
    public static void Visit(in BlockPass pass, int layer, Tensor attended, Tensor query, Tensor keys, Tensor values)
    {
        int H = pass.Config.Heads, longest = 0;
        foreach (AttentionSegment segment in pass.Segments)
        {
            longest = Math.Max(longest, segment.KeyCount);
        }

        Tensor pattern = Tensor.Zeros(query.Rows * H, longest);
        foreach (AttentionSegment segment in pass.Segments)
        {
            for (int h = 0; h < H; h++)
            {
                Tensor weights = Weights(pass, layer, segment, h, query, keys);
                for (int i = 0; i < segment.QueryCount; i++)
                {
                    weights.Row(i).CopyTo(pattern.Row(((segment.QueryStart + i) * H) + h));
                }

                weights.KeepAlive();
            }
        }

        Tensor shown = Tensor.Zeros(pattern.Rows, pattern.Columns);
        shown.CopyFrom(pattern);
        pass.Hooks!.Visit(HookSite.AttentionPattern, layer, shown, pass.Batch);
        foreach (AttentionSegment segment in pass.Segments)
        {
            for (int h = 0; h < H; h++)
            {
                Attend(pass, segment, h, pattern, shown, attended, values);
            }
        }
    }

    private static Tensor Weights(in BlockPass pass, int layer, AttentionSegment segment, int head, Tensor query, Tensor keys)
    {
        AttentionVariant variant = pass.Variant(layer);
        Tensor scores = Tensor.Zeros(segment.QueryCount, segment.KeyCount), weights = Tensor.Zeros(segment.QueryCount, segment.KeyCount);
        Tensor ownKeys = OfHead(pass, keys.SliceRows(segment.KeyStart, segment.KeyCount), head / (pass.Config.Heads / pass.Config.KeyValueHeads));
        MatMul.Forward(pass.Pool, scores, OfHead(pass, query.SliceRows(segment.QueryStart, segment.QueryCount), head), WeightMatrix.F32(ownKeys));
        Elementwise.Scale(pass.Pool, scores, pass.Scale);
        if (variant.SoftCap > 0)
        {
            SoftCap.Forward(pass.Pool, scores, scores, variant.SoftCap);
        }

        for (int i = 0; i < segment.QueryCount; i++)
        {
            int end = variant.IsBidirectional ? segment.KeyCount : segment.Past + i + 1, first = variant.Window > 0 ? Math.Max(0, end - variant.Window) : 0;
            Softmax.Forward(
                pass.Pool, weights.SliceRows(i, 1).SliceColumns(first, end - first), scores.SliceRows(i, 1).SliceColumns(first, end - first));
        }

        return weights;
    }

    private static void Attend(
        in BlockPass pass, AttentionSegment segment, int head, Tensor pattern, Tensor shown, Tensor attended, Tensor values)
    {
        int H = pass.Config.Heads, D = pass.Config.HeadSize;
        Tensor weights = Tensor.Zeros(segment.QueryCount, segment.KeyCount);
        bool changed = false;
        for (int i = 0; i < segment.QueryCount; i++)
        {
            int row = ((segment.QueryStart + i) * H) + head;
            changed |= !shown.Row(row).SequenceEqual(pattern.Row(row));
            shown.Row(row)[..segment.KeyCount].CopyTo(weights.Row(i));
        }

        if (!changed)
        {
            return;
        }

        Tensor own = OfHead(pass, values.SliceRows(segment.KeyStart, segment.KeyCount), head / (H / pass.Config.KeyValueHeads));
        Tensor columns = Tensor.Zeros(D, segment.KeyCount);
        for (int d = 0; d < D; d++)
        {
            for (int j = 0; j < segment.KeyCount; j++)
            {
                columns[d, j] = own[j, d];
            }
        }

        Tensor target = OfHead(pass, attended.SliceRows(segment.QueryStart, segment.QueryCount), head);
        MatMul.Forward(pass.Pool, target, weights, WeightMatrix.F32(columns));
    }

    private static Tensor OfHead(in BlockPass pass, Tensor heads, int head) => heads.SliceColumns(head * pass.Config.HeadSize, pass.Config.HeadSize);
}
