using Temperament.Models.Decoder;
using Temperament.Tensors.Memory;

namespace Temperament.ModelTests.Support;

/// <summary>The logits of a short sequence as plain numbers.</summary>
internal static class SmallLogits
{
    /// <summary>(T, V) logits, row by row.</summary>
    public static float[] Of(DecoderNetwork network, int[] tokens)
    {
        Tensor logits = SinglePass.Logits(network, tokens);
        return logits.Span.ToArray();
    }
}
