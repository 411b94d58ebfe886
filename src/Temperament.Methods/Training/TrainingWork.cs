using Temperament.Models.Decoder;

namespace Temperament.Methods.Training;

/// <summary>
/// Float32 operations of a step, two for each multiply-add of the linear layers and the output layer: 4 N a token over a frozen base (forward,
/// and backward through the activations), 6 N where all weights are trained, and 2 N more where the blocks are computed again, of which the
/// last layer, whose output nobody reads, is left out. Attention, norms and branches are not counted. The output layer works on the rows that
/// have a target only.
/// </summary>
public static class TrainingWork
{
    /// <summary>Operations of a step.</summary>
    /// <param name="network">The network.</param>
    /// <param name="step">What the step did.</param>
    /// <param name="trainsAll">Whether all weights are trained.</param>
    /// <param name="checkpointing">Whether the blocks are computed again for the backward pass.</param>
    public static double Operations(DecoderNetwork network, TrainingStep step, bool trainsAll, bool checkpointing)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(step);
        double blocks = network.Weights.Linears.Sum(Size), head = network.Weights.Head.Held.Count;
        bool compares = step.Preferences is not null;
        double again = network.Weights.Blocks.Sum(b => b.Linears.Where(l => l != b.Down || b.FeedForwardPostNorm is not null).Sum(Size));
        int often = (trainsAll ? 6 : 4) + (compares ? 2 : 0);

        // Pairs are scored by the reference, and by the model itself before their weights in the gradient are known.
        return (((blocks * often) + (checkpointing ? 2 * again : 0)) * step.Tokens) + (head * (often + (compares ? 2 : 0)) * step.Targets);
    }

    private static double Size(Linear linear) => (double)linear.Weight.Outputs * linear.Weight.Inputs;
}
