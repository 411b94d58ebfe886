namespace Temperament.Models;

/// <summary>How the linear layers of a loaded model are stored.</summary>
public enum BaseQuantization
{
    /// <summary>As the checkpoint has them where products are computed from that format, else widened to float32. The numbers are those of the checkpoint.</summary>
    None,

    /// <summary>NF4 in blocks of 64.</summary>
    Nf4,

    /// <summary>NF4 with its scales quantised to 8 bits.</summary>
    Nf4Double,

    /// <summary>bfloat16: as the checkpoint has them where it is stored so, else rounded to nearest even.</summary>
    Bf16,

    /// <summary>float32, widened exactly; embeddings and the output layer too.</summary>
    F32,
}

/// <summary>The words for <see cref="BaseQuantization"/> on the command line, in recipes and in studies.</summary>
public static class BaseQuantizationNames
{
    /// <summary>All words.</summary>
    public static IReadOnlyList<string> All { get; } = ["none", "f32", "bf16", "nf4", "nf4-double"];

    /// <summary>The word for a storage.</summary>
    /// <param name="quantization">Storage.</param>
    public static string Of(BaseQuantization quantization) => quantization switch
    {
        BaseQuantization.F32 => "f32",
        BaseQuantization.Bf16 => "bf16",
        BaseQuantization.Nf4 => "nf4",
        BaseQuantization.Nf4Double => "nf4-double",
        _ => "none",
    };

    /// <summary>The storage that a word stands for; null for any other text.</summary>
    /// <param name="word">Word.</param>
    public static BaseQuantization? Parse(string word) => word switch
    {
        "none" => BaseQuantization.None,
        "f32" => BaseQuantization.F32,
        "bf16" => BaseQuantization.Bf16,
        "nf4" => BaseQuantization.Nf4,
        "nf4-double" => BaseQuantization.Nf4Double,
        _ => null,
    };
}
