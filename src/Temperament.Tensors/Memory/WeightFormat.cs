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

    /// <summary>Q4_0: blocks of 32 with a scale, 4-bit numbers around 8.</summary>
    Q40,

    /// <summary>Q4_1: blocks of 32 with a scale and a minimum, 4-bit numbers.</summary>
    Q41,

    /// <summary>Q5_0: blocks of 32 with a scale, 5-bit numbers around 16, held as signed bytes.</summary>
    Q50,

    /// <summary>Q5_1: blocks of 32 with a scale and a minimum, 5-bit numbers, held as bytes.</summary>
    Q51,

    /// <summary>Q8_0: blocks of 32 with a scale, signed bytes.</summary>
    Q80,

    /// <summary>IQ4_NL: blocks of 32 with a scale, 4-bit places in a table of uneven levels.</summary>
    Iq4Nl,
}
