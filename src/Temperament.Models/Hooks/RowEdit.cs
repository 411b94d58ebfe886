using Temperament.Models.Decoder;
using Temperament.Tensors.Memory;

namespace Temperament.Models.Hooks;

/// <summary>Edits each row of one site by itself; the edits below differ in what they do to a row.</summary>
public abstract class RowEdit : IActivationHook
{
    private readonly HookSite _site;
    private readonly int _layer;
    private readonly PositionRange _positions;

    /// <summary>Names the place.</summary>
    /// <param name="site">A site with one row for each row of the batch.</param>
    /// <param name="layer">Block, from 0; 0 outside of the blocks.</param>
    /// <param name="positions">Positions that are edited.</param>
    protected RowEdit(HookSite site, int layer, PositionRange positions)
    {
        if (site is HookSite.AttentionPattern or HookSite.Logits)
        {
            throw new ArgumentException($"{site} has other rows than the batch.", nameof(site));
        }

        _site = site;
        _layer = layer;
        _positions = positions;
    }

    /// <inheritdoc/>
    public bool Wants(HookSite site, int layer) => site == _site && layer == _layer;

    /// <inheritdoc/>
    public void Visit(HookSite site, int layer, Tensor activation, TokenBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        for (int r = 0; r < activation.Rows; r++)
        {
            if (_positions.Contains(batch.Positions[r]))
            {
                Edit(activation.Row(r), batch.Positions[r]);
            }
        }
    }

    /// <summary>Edits one row.</summary>
    /// <param name="row">(width) numbers, in place.</param>
    /// <param name="position">Position of the row in its sequence.</param>
    protected abstract void Edit(Span<float> row, int position);
}

/// <summary>Puts other numbers in the place of an activation, as those of another text: activation patching.</summary>
/// <param name="site">Place.</param>
/// <param name="layer">Block.</param>
/// <param name="values">(T, width) row = position; positions beyond it are left as they are.</param>
/// <param name="positions">Positions that are replaced.</param>
public sealed class ReplaceRows(HookSite site, int layer, Tensor values, PositionRange positions = default) : RowEdit(site, layer, positions)
{
    /// <inheritdoc/>
    protected override void Edit(Span<float> row, int position)
    {
        if (position < values.Rows)
        {
            values.Row(position).CopyTo(row);
        }
    }
}

/// <summary>Adds a vector: steering. Turner et al. 2023, https://arxiv.org/abs/2308.10248.</summary>
/// <param name="site">Place.</param>
/// <param name="layer">Block.</param>
/// <param name="vector">(1, width) what is added.</param>
/// <param name="factor">How often.</param>
/// <param name="positions">Positions that are steered.</param>
public sealed class AddVector(HookSite site, int layer, Tensor vector, float factor = 1, PositionRange positions = default) : RowEdit(site, layer, positions)
{
    /// <inheritdoc/>
    protected override void Edit(Span<float> row, int position)
    {
        ReadOnlySpan<float> added = vector.Row(0);
        for (int c = 0; c < row.Length; c++)
        {
            row[c] += factor * added[c];
        }
    }
}

/// <summary>Takes away what lies along a direction: x - (x u) u with u of length 1. Arditi et al. 2024, https://arxiv.org/abs/2406.11717.</summary>
/// <param name="site">Place.</param>
/// <param name="layer">Block.</param>
/// <param name="direction">(1, width) direction of any length but 0.</param>
/// <param name="positions">Positions that are edited.</param>
public sealed class RemoveDirection(HookSite site, int layer, Tensor direction, PositionRange positions = default) : RowEdit(site, layer, positions)
{
    /// <inheritdoc/>
    protected override void Edit(Span<float> row, int position)
    {
        ReadOnlySpan<float> u = direction.Row(0);
        double product = 0, square = 0;
        for (int c = 0; c < row.Length; c++)
        {
            product += (double)row[c] * u[c];
            square += (double)u[c] * u[c];
        }

        double factor = product / square;
        for (int c = 0; c < row.Length; c++)
        {
            row[c] = (float)(row[c] - (factor * u[c]));
        }
    }
}

/// <summary>Sets channels to fixed numbers: to 0, or to their means. A head is the D channels of its slice of <see cref="HookSite.HeadOutput"/>.</summary>
/// <param name="site">Place.</param>
/// <param name="layer">Block.</param>
/// <param name="values">Channel and the number it gets.</param>
/// <param name="positions">Positions that are edited.</param>
public sealed class SetChannels(HookSite site, int layer, IReadOnlyList<(int Channel, float Value)> values, PositionRange positions = default)
    : RowEdit(site, layer, positions)
{
    /// <summary>Silences one head.</summary>
    /// <param name="layer">Block.</param>
    /// <param name="head">Head, from 0.</param>
    /// <param name="headSize">D.</param>
    public static SetChannels SilenceHead(int layer, int head, int headSize) =>
        new(HookSite.HeadOutput, layer, [.. Enumerable.Range(head * headSize, headSize).Select(channel => (channel, 0f))]);

    /// <inheritdoc/>
    protected override void Edit(Span<float> row, int position)
    {
        foreach ((int channel, float value) in values)
        {
            row[channel] = value;
        }
    }
}
