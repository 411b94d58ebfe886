using Temperament.Tensors.Random;

namespace Temperament.Models.Generation;

/// <summary>Draws a token from probabilities. Ties go to the smaller id, so a draw is the same on every machine.</summary>
internal sealed class Sampler
{
    private readonly int[] _order;
    private readonly float[] _weights;
    private readonly PriorityQueue<float, float> _heap = new();

    public Sampler(int vocabularySize)
    {
        _order = new int[vocabularySize];
        _weights = new float[vocabularySize];
    }

    /// <summary>The likeliest token.</summary>
    /// <param name="logits">(V) logits or probabilities.</param>
    public static int Greedy(ReadOnlySpan<float> logits)
    {
        int best = 0;
        for (int i = 1; i < logits.Length; i++)
        {
            if (logits[i] > logits[best])
            {
                best = i;
            }
        }

        return best;
    }

    /// <summary>Draws a token.</summary>
    /// <param name="probabilities">(V) softmax of logits / temperature.</param>
    /// <param name="topP">Share, 0 to 1, of the probability of the <paramref name="topK"/> tokens that those that stay reach.</param>
    /// <param name="topK">Number of tokens that stay; 0 for all.</param>
    /// <param name="minP">Share of the largest probability that a token needs to stay; 0 for none.</param>
    /// <param name="random">Stream of the sequence; one number is taken.</param>
    public int Draw(ReadOnlySpan<float> probabilities, double topP, int topK, double minP, RandomStream random)
    {
        double u = random.NextDouble();
        if (topP >= 1 && topK <= 0 && minP <= 0)
        {
            return Walk(probabilities, u * Sum(probabilities));
        }

        int kept = Candidates(probabilities, topP, topK, minP);
        double enough = topP * (topK > 0 ? Sum(probabilities, kept) : 1), sum = 0;
        double least = minP * probabilities[_order[0]];
        int count = 0;
        while (count < kept && (count == 0 || (sum < enough && probabilities[_order[count]] >= least)))
        {
            sum += probabilities[_order[count++]];
        }

        double target = u * sum, walked = 0;
        for (int i = 0; i < count; i++)
        {
            walked += probabilities[_order[i]];
            if (target < walked)
            {
                return _order[i];
            }
        }

        return _order[count - 1];
    }

    /// <summary>Brings into order the tokens that may stay: the topK likeliest, or else none of those that neither topP nor minP can leave in.</summary>
    private int Candidates(ReadOnlySpan<float> probabilities, double topP, int topK, double minP)
    {
        bool few = topK > 0 && topK < probabilities.Length;
        // All tokens below (1 - topP) / V together hold less than 1 - topP, so none of them is among those that reach topP.
        double least = few ? Largest(probabilities, topK) : topP >= 1 ? 0 : (1 - topP) / probabilities.Length;
        if (minP > 0 && topK <= 0)
        {
            least = Math.Max(least, minP * Largest(probabilities, 1));
        }

        int count = 0;
        for (int i = 0; i < probabilities.Length; i++)
        {
            if (probabilities[i] >= least)
            {
                _order[count] = i;
                _weights[count++] = -probabilities[i];
            }
        }

        Array.Sort(_weights, _order, 0, count);
        OrderTies(count);
        return few ? Math.Min(topK, count) : count;
    }

    /// <summary>The k-th largest probability: one pass with a heap of the k largest so far.</summary>
    private float Largest(ReadOnlySpan<float> probabilities, int k)
    {
        _heap.Clear();
        foreach (float p in probabilities)
        {
            if (_heap.Count < k)
            {
                _heap.Enqueue(p, p);
            }
            else if (p > _heap.Peek())
            {
                _heap.EnqueueDequeue(p, p);
            }
        }

        return _heap.Peek();
    }

    private void OrderTies(int count)
    {
        for (int start = 0; start < count;)
        {
            int end = start + 1;
            while (end < count && _weights[end] == _weights[start])
            {
                end++;
            }

            if (end - start > 1)
            {
                Array.Sort(_order, start, end - start);
            }

            start = end;
        }
    }

    /// <summary>Probability of the first tokens in order.</summary>
    private double Sum(ReadOnlySpan<float> probabilities, int count)
    {
        double sum = 0;
        for (int i = 0; i < count; i++)
        {
            sum += probabilities[_order[i]];
        }

        return sum;
    }

    private static double Sum(ReadOnlySpan<float> probabilities)
    {
        double sum = 0;
        foreach (float p in probabilities)
        {
            sum += p;
        }

        return sum;
    }

    private static int Walk(ReadOnlySpan<float> probabilities, double target)
    {
        double walked = 0;
        int last = 0;
        for (int i = 0; i < probabilities.Length; i++)
        {
            if (probabilities[i] > 0)
            {
                last = i;
                walked += probabilities[i];
                if (target < walked)
                {
                    return i;
                }
            }
        }

        return last;
    }
}
