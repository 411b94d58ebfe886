using System.Numerics;
using Temperament.Tensors.Kernels;

namespace Temperament.Tests.Reference;

/// <summary>Attention with grouped heads: all scores of a query, their softmax, the weighted sum of values; causal unless the variant says otherwise.</summary>
internal static class AttentionReference
{
    public static T[] Forward<T>(
        T[] q, T[] k, T[] v, AttentionSegment[] segments, int heads, int keyValueHeads, int headSize, T scale, T[]? logSums = null, AttentionVariant variant = default)
        where T : IFloatingPointIeee754<T>
    {
        var y = new T[q.Length];
        foreach (AttentionSegment segment in segments)
        {
            for (int i = 0; i < segment.QueryCount; i++)
            {
                for (int h = 0; h < heads; h++)
                {
                    int query = (((segment.QueryStart + i) * heads) + h) * headSize, position = segment.Past + i;
                    int visible = variant.IsBidirectional ? segment.KeyCount : position + 1, first = variant.Window > 0 ? Math.Max(0, position + 1 - variant.Window) : 0;
                    int Key(int j) => (((segment.KeyStart + j) * keyValueHeads) + (h / (heads / keyValueHeads))) * headSize;
                    var weights = new T[visible];
                    T sum = T.Zero;
                    for (int j = first; j < visible; j++)
                    {
                        T score = T.Zero;
                        for (int d = 0; d < headSize; d++)
                        {
                            score += q[query + d] * k[Key(j) + d];
                        }

                        score *= scale;
                        if (variant.SoftCap > 0)
                        {
                            T cap = T.CreateChecked(variant.SoftCap);
                            score = cap * T.Tanh(score / cap);
                        }

                        weights[j] = T.Exp(score);
                        sum += weights[j];
                    }

                    for (int j = first; j < visible; j++)
                    {
                        for (int d = 0; d < headSize; d++)
                        {
                            y[query + d] += weights[j] / sum * v[Key(j) + d];
                        }
                    }

                    if (logSums is not null)
                    {
                        logSums[((segment.QueryStart + i) * heads) + h] = T.Log(sum);
                    }
                }
            }
        }

        return y;
    }
}
