using System.Numerics;
using Temperament.Tensors.Kernels;

namespace Temperament.Tests.Reference;

/// <summary>Causal attention with grouped heads: all scores of a query, their softmax, the weighted sum of values.</summary>
internal static class AttentionReference
{
    public static T[] Forward<T>(
        T[] q, T[] k, T[] v, AttentionSegment[] segments, int heads, int keyValueHeads, int headSize, T scale, T[]? logSums = null)
        where T : IFloatingPointIeee754<T>
    {
        var y = new T[q.Length];
        foreach (AttentionSegment segment in segments)
        {
            for (int i = 0; i < segment.QueryCount; i++)
            {
                for (int h = 0; h < heads; h++)
                {
                    int query = (((segment.QueryStart + i) * heads) + h) * headSize, visible = segment.Past + i + 1;
                    int Key(int j) => (((segment.KeyStart + j) * keyValueHeads) + (h / (heads / keyValueHeads))) * headSize;
                    var weights = new T[visible];
                    T sum = T.Zero;
                    for (int j = 0; j < visible; j++)
                    {
                        T score = T.Zero;
                        for (int d = 0; d < headSize; d++)
                        {
                            score += q[query + d] * k[Key(j) + d];
                        }

                        weights[j] = T.Exp(scale * score);
                        sum += weights[j];
                    }

                    for (int j = 0; j < visible; j++)
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
