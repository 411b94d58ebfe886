using Temperament.Models.Decoder;
using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;

namespace Temperament.Measures.Interpretability;

/// <summary>Reads what a neuron writes into the residual by what the output layer would make of it, as if no block came after.</summary>
public static class LogitLens
{
    /// <summary>
    /// How much each neuron writes toward some tokens: d W_down, d being (mean unembedding of the tokens - mean unembedding of all) times the
    /// weight of the last norm. A low-rank branch of the down projection that is on counts.
    /// </summary>
    /// <param name="network">The network.</param>
    /// <param name="tokens">Tokens of interest, as those that begin an emoji; at least one.</param>
    /// <returns>Write of each neuron: block by block, coordinate by coordinate.</returns>
    /// <exception cref="ArgumentException">There is no token.</exception>
    public static IReadOnlyList<IReadOnlyList<double>> NeuronWrite(DecoderNetwork network, IReadOnlyList<int> tokens)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(tokens);
        if (tokens.Count == 0)
        {
            throw new ArgumentException("There is no token that a neuron could write toward.", nameof(tokens));
        }

        Tensor direction = Direction(network, tokens);
        var writes = new double[network.Config.Layers][];
        for (int l = 0; l < writes.Length; l++)
        {
            writes[l] = Write(network, network.Weights.Blocks[l].Down, direction);
        }

        return writes;
    }

    private static Tensor Direction(DecoderNetwork network, IReadOnlyList<int> tokens)
    {
        WeightMatrix head = network.Weights.Head.Held;
        Norm norm = network.Weights.FinalNorm;
        var all = new double[head.Inputs];
        var chosen = new double[head.Inputs];
        var numbers = new float[head.Inputs];
        for (int row = 0; row < head.Outputs; row++)
        {
            head.ReadRow(row, numbers);
            Add(all, numbers);
        }

        foreach (int token in tokens)
        {
            head.ReadRow(token, numbers);
            Add(chosen, numbers);
        }

        Tensor direction = Tensor.Zeros(1, head.Inputs);
        for (int c = 0; c < all.Length; c++)
        {
            direction[0, c] = (float)(((chosen[c] / tokens.Count) - (all[c] / head.Outputs)) * norm.Factor(c));
        }

        return direction;
    }

    private static double[] Write(DecoderNetwork network, Linear down, Tensor direction)
    {
        Tensor write = Tensor.Zeros(1, down.Weight.Inputs);
        MatMul.BackwardInput(network.Pool, write, direction, down.Weight, accumulate: false);
        foreach (LowRank adapter in down.Branches.Where(branch => branch.IsEnabled))
        {
            Tensor inner = Tensor.Zeros(1, adapter.Rank);
            MatMul.BackwardInput(network.Pool, inner, direction, WeightMatrix.F32(adapter.B.Value), accumulate: false);
            Elementwise.Scale(network.Pool, inner, adapter.Scale);
            MatMul.BackwardInput(network.Pool, write, inner, WeightMatrix.F32(adapter.A.Value));
        }

        double[] values = new double[write.Columns];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = write[0, i];
        }

        return values;
    }

    private static void Add(double[] sum, ReadOnlySpan<float> row)
    {
        for (int c = 0; c < sum.Length; c++)
        {
            sum[c] += row[c];
        }
    }
}
