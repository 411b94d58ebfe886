namespace Temperament.Models.Checkpoints;

/// <summary>How the weights of a written model are stored.</summary>
public enum StoredAs
{
    /// <summary>float32.</summary>
    F32,

    /// <summary>bfloat16, rounded to nearest even.</summary>
    Bf16,

    /// <summary>Half precision, rounded to nearest even.</summary>
    F16,

    /// <summary>Q8_0 of GGUF: blocks of 32 with a scale in half precision and signed bytes.</summary>
    Q80,
}
