using Temperament.Tensors.Memory;

namespace Temperament.Models.Decoder;

/// <summary>Numbers that can be trained, with the name that they have in a checkpoint.</summary>
public sealed class Parameter
{
    /// <summary>Names a tensor.</summary>
    /// <param name="name">Name in the checkpoint, "model.norm.weight" for one.</param>
    /// <param name="value">The numbers.</param>
    public Parameter(string name, Tensor value)
    {
        Name = name;
        Value = value;
    }

    /// <summary>Name in the checkpoint.</summary>
    public string Name { get; }

    /// <summary>The numbers.</summary>
    public Tensor Value { get; }

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
