namespace Temperament.Tensors.Memory;

/// <summary>How the numbers of a weight matrix are stored. Arithmetic is float32 for all of them.</summary>
public enum WeightFormat
{
    /// <summary>float32.</summary>
    F32,

    /// <summary>bfloat16, the upper half of a float32.</summary>
    Bf16,

    /// <summary>NormalFloat, 4 bits, one scale per 64 consecutive weights.</summary>
    Nf4,
}
