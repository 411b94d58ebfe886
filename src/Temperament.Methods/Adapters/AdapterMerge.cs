using Temperament.Models.Decoder;
using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;

namespace Temperament.Methods.Adapters;

/// <summary>
/// Adds an adapter to the weights of its base, in float32: W + scale * B A. Weights in fewer bits are widened first and stay wide; rounding the
/// sum back would lose most of it.
/// </summary>
public static class AdapterMerge
{
    /// <summary>The weights of every module that the adapter has a branch for, with the branch added.</summary>
    /// <param name="network">Network that the adapter was made for; it is not changed.</param>
    /// <param name="adapter">The adapter.</param>
    /// <returns>Path of each module, and its (N, K) weights.</returns>
    public static IEnumerable<(string Path, Tensor Weights)> Weights(DecoderNetwork network, LoraAdapter adapter)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(adapter);
        Dictionary<string, Linear> linears = network.Weights.Linears.ToDictionary(l => l.Name);
        return adapter.Branches.Select(b => (b.Path, Merged(network, linears[b.Path], b.Branch)));
    }

    private static Tensor Merged(DecoderNetwork network, Linear linear, LowRank branch)
    {
        Tensor sum = Tensor.Zeros(linear.Weight.Outputs, linear.Weight.Inputs);
        linear.Weight.Widen(sum, network.Pool);
        Tensor scaled = Tensor.Zeros(branch.B.Value.Rows, branch.Rank);
        scaled.CopyFrom(branch.B.Value);
        Elementwise.Scale(network.Pool, scaled, branch.Scale);
        MatMul.BackwardInput(network.Pool, sum, scaled, WeightMatrix.F32(branch.A.Value));
        return sum;
    }
}
