using Temperament.Models.Hooks;
using Temperament.Tensors.Memory;

namespace Temperament.ModelTests.Support;

/// <summary>The names that the references give to activations.</summary>
internal static class Sites
{
    /// <summary>The site of a name.</summary>
    public static HookSite Of(string name) => name switch
    {
        "embed" => HookSite.Embedding,
        "attn_probs" => HookSite.AttentionPattern,
        "attn_z" => HookSite.HeadOutput,
        "attn_out" => HookSite.AttentionOutput,
        "attn_add" => HookSite.AttentionAdded,
        "resid_mid" => HookSite.ResidualMiddle,
        "mlp_hidden" => HookSite.MlpHidden,
        "mlp_out" => HookSite.MlpOutput,
        "mlp_add" => HookSite.MlpAdded,
        "resid_post" => HookSite.Residual,
        "final_norm" => HookSite.FinalNorm,
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "no site of this name"),
    };

    /// <summary>(T * H, T) with the heads of a row together becomes (H * T, T), the order of the reference.</summary>
    public static Tensor ByHead(Tensor pattern, int heads)
    {
        Tensor ordered = Tensor.Zeros(pattern.Rows, pattern.Columns);
        for (int row = 0; row < pattern.Rows; row++)
        {
            pattern.Row(row).CopyTo(ordered.Row(((row % heads) * (pattern.Rows / heads)) + (row / heads)));
        }

        return ordered;
    }
}
