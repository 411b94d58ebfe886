namespace Temperament.Measures.Interpretability;

/// <summary>Orders neurons by how much more they push toward the tokens of interest after tuning than before.</summary>
public static class NeuronRanking
{
    /// <summary>
    /// Ranks all neurons by change of activation times write. Over each model's own text the change mixes tuning with the difference of the
    /// texts; over the same text it is tuning alone. A study reports both.
    /// </summary>
    /// <param name="before">Activations with the adapter off.</param>
    /// <param name="after">Activations with the adapter on.</param>
    /// <param name="write">Write of each neuron of the tuned model.</param>
    /// <returns>All neurons, highest score first; equal scores in the order of block and coordinate.</returns>
    public static IReadOnlyList<NeuronScore> ByChange(
        NeuronActivations before, NeuronActivations after, IReadOnlyList<IReadOnlyList<double>> write)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        ArgumentNullException.ThrowIfNull(write);
        var scores = new List<NeuronScore>();
        for (int l = 0; l < write.Count; l++)
        {
            for (int i = 0; i < write[l].Count; i++)
            {
                double off = before.Means[l][i], on = after.Means[l][i];
                scores.Add(new NeuronScore(new Neuron(l, i), off, on, write[l][i], (on - off) * write[l][i]));
            }
        }

        return [.. scores.OrderByDescending(score => score.Score)];
    }
}
