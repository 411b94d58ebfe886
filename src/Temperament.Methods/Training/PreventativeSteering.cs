using Temperament.Models.Decoder;
using Temperament.Models.Hooks;
using Temperament.Tensors.Memory;

namespace Temperament.Methods.Training;

/// <summary>
/// Adds a vector to the residual after a block at every position while training, so that the weights need not learn the shift; it is left
/// out afterwards. Chen et al. 2025, https://arxiv.org/abs/2507.21509.
/// </summary>
public sealed class PreventativeSteering : IActivationHook
{
    private readonly float[] _vector;
    private readonly int _block;

    /// <summary>Makes the hook.</summary>
    /// <param name="vector">(1, C) direction.</param>
    /// <param name="block">Block, from 0.</param>
    /// <param name="strength">Factor of the vector.</param>
    public PreventativeSteering(Tensor vector, int block, double strength)
    {
        _block = block;
        _vector = Array.ConvertAll(vector.Row(0).ToArray(), value => (float)(strength * value));
    }

    /// <inheritdoc/>
    public bool Wants(HookSite site, int layer) => site == HookSite.Residual && layer == _block;

    /// <inheritdoc/>
    public void Visit(HookSite site, int layer, Tensor activation, TokenBatch batch)
    {
        for (int r = 0; r < activation.Rows; r++)
        {
            Span<float> row = activation.Row(r);
            for (int c = 0; c < row.Length; c++)
            {
                row[c] += _vector[c];
            }
        }
    }
}
