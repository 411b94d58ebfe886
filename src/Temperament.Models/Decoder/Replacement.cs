using Temperament.Tensors.Memory;

namespace Temperament.Models.Decoder;

/// <summary>
/// Numbers of an adapter that take the place of a whole parameter of the base, and give it back to the bit: a retrained output layer, a
/// trained bias.
/// </summary>
public sealed class Replacement
{
    private readonly Tensor _other;

    /// <summary>Makes a replacement, off.</summary>
    /// <param name="target">Parameter of the base.</param>
    /// <param name="numbers">Numbers of its shape; copied.</param>
    public Replacement(Parameter target, Tensor numbers)
    {
        ArgumentNullException.ThrowIfNull(target);
        Target = target;
        _other = Tensor.Zeros(target.Value.Rows, target.Value.Columns);
        _other.CopyFrom(numbers);
    }

    /// <summary>The parameter; it holds the numbers of the adapter while the replacement is on.</summary>
    public Parameter Target { get; }

    /// <summary>The numbers of the adapter, wherever they are now.</summary>
    public Tensor Numbers => IsEnabled ? Target.Value : _other;

    /// <summary>The numbers of the base, wherever they are now.</summary>
    public Tensor Base => IsEnabled ? _other : Target.Value;

    /// <summary>Whether the numbers of the adapter stand in the parameter; setting it exchanges them with those of the base.</summary>
    public bool IsEnabled
    {
        get;
        set
        {
            if (value == field)
            {
                return;
            }

            var row = new float[_other.Columns];
            for (int r = 0; r < _other.Rows; r++)
            {
                _other.Row(r).CopyTo(row);
                Target.Value.Row(r).CopyTo(_other.Row(r));
                row.CopyTo(Target.Value.Row(r));
            }

            field = value;
        }
    }
}
