namespace Temperament.Models.Checkpoints.Gguf;

/// <summary>How a tensor of a GGUF file is stored; the numbers are those of the file.</summary>
public enum GgufType
{
    /// <summary>IEEE single precision.</summary>
    F32 = 0,

    /// <summary>IEEE half precision.</summary>
    F16 = 1,

    /// <summary>Q4_0. Blocks of 32: scale and 4-bit numbers around 8.</summary>
    Q40 = 2,

    /// <summary>Q4_1. Blocks of 32: scale, minimum and 4-bit numbers.</summary>
    Q41 = 3,

    /// <summary>Q5_0. Blocks of 32: scale and 5-bit numbers around 16.</summary>
    Q50 = 6,

    /// <summary>Q5_1. Blocks of 32: scale, minimum and 5-bit numbers.</summary>
    Q51 = 7,

    /// <summary>Q8_0. Blocks of 32: scale and signed bytes.</summary>
    Q80 = 8,

    /// <summary>Q2_K. Blocks of 256 in sixteenths: 4-bit scales and minima, 2-bit numbers.</summary>
    Q2K = 10,

    /// <summary>Q3_K. Blocks of 256 in sixteenths: 6-bit scales, 3-bit numbers around 4.</summary>
    Q3K = 11,

    /// <summary>Q4_K. Blocks of 256 in eighths: 6-bit scales and minima, 4-bit numbers.</summary>
    Q4K = 12,

    /// <summary>Q5_K. Blocks of 256 in eighths: 6-bit scales and minima, 5-bit numbers.</summary>
    Q5K = 13,

    /// <summary>Q6_K. Blocks of 256 in sixteenths: 8-bit scales, 6-bit numbers around 32.</summary>
    Q6K = 14,

    /// <summary>IQ4_NL. Blocks of 32: scale and 4-bit places in a table of uneven levels.</summary>
    Iq4Nl = 20,

    /// <summary>bfloat16.</summary>
    Bf16 = 30,
}
