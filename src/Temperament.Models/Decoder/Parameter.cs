using Temperament.Tensors.Memory;

namespace Temperament.Models.Decoder;

/// <summary>
/// Numbers that can be trained, with the name that they have in a checkpoint. They are held as the checkpoint stores them until somebody needs them
/// in float32: a gradient, a replacement. They are widened then, exactly, and stay wide.
/// </summary>
public sealed class Parameter
{
    /// <summary>Names a tensor.</summary>
    /// <param name="name">Name in the checkpoint, "model.norm.weight" for one.</param>
    /// <param name="value">The numbers.</param>
    public Parameter(string name, Tensor value)
        : this(name, WeightMatrix.F32(value))
    {
    }

    /// <summary>Names numbers in any storage format.</summary>
    /// <param name="name">Name in the checkpoint.</param>
    /// <param name="held">(rows, columns) numbers.</param>
    public Parameter(string name, WeightMatrix held)
    {
        ArgumentNullException.ThrowIfNull(held);
        Name = name;
        Held = held;
    }

    /// <summary>Name in the checkpoint.</summary>
    public string Name { get; }

    /// <summary>The numbers as they are held now.</summary>
    public WeightMatrix Held { get; private set; }

    /// <summary>The numbers in float32, to be read and written; the first call widens what is held in fewer bits.</summary>
    public Tensor Value
    {
        get
        {
            if (Held.Format != WeightFormat.F32)
            {
                Tensor wide = Tensor.Unset(Held.Outputs, Held.Inputs);
                Held.Widen(wide);
                Held = WeightMatrix.F32(wide);
            }

            return Held.Dense;
        }
    }

    /// <summary>Gradient of the loss, of the shape of <see cref="Value"/>; empty while the parameter is frozen.</summary>
    public Tensor Gradient { get; private set; }

    /// <summary>True where the backward pass adds to <see cref="Gradient"/>.</summary>
    public bool IsTrainable => !Gradient.IsEmpty;

    /// <summary>Gives the parameter a gradient of zeros, or takes it away.</summary>
    /// <param name="trainable">Whether the parameter is to be trained.</param>
    public void SetTrainable(bool trainable)
    {
        if (trainable != IsTrainable)
        {
            Gradient = trainable ? Tensor.Zeros(Value.Rows, Value.Columns) : default;
        }
    }
}
