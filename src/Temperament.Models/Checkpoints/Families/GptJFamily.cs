using Temperament.Models.Decoder;

namespace Temperament.Models.Checkpoints.Families;

/// <summary>GPT-J: attention and MLP side by side, neighbours rotated in a part of each head. Wang and Komatsuzaki 2021, "GPT-J-6B".</summary>
internal static class GptJFamily
{
    public static DecoderConfig Read(FamilyJson json)
    {
        json.Require("activation_function", "gelu_new", "gelu_pytorch_tanh");
        return Gpt2Family.Common(json, "gptj", maxPositions: 2048, tied: false) with
        {
            Layout = DecoderLayout.GptJ,
            RotaryChannels = json.PositiveOrNull("rotary_dim", 64),
            RotatesNeighbours = true,
            HasHeadBias = true,
        };
    }
}
