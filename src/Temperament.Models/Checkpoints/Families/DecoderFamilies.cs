using Temperament.Models.Decoder;
using Temperament.Models.Encoders;

namespace Temperament.Models.Checkpoints.Families;

/// <summary>The decoder architectures that are known, by the name that <c>config.json</c> gives them.</summary>
public static class DecoderFamilies
{
    private static readonly Dictionary<string, Func<FamilyJson, DecoderConfig>> Readers = new(StringComparer.Ordinal)
    {
        ["LlamaForCausalLM"] = LlamaFamily.Read,
        ["MistralForCausalLM"] = MistralFamily.Read,
        ["Qwen2ForCausalLM"] = Qwen2Family.Read,
        ["Qwen3ForCausalLM"] = Qwen3Family.Read,
        ["Phi3ForCausalLM"] = Phi3Family.Read,
        ["GemmaForCausalLM"] = GemmaFamily.Read,
        ["Gemma2ForCausalLM"] = Gemma2Family.Read,
        ["Gemma3ForCausalLM"] = Gemma3Family.Read,
        ["GPT2LMHeadModel"] = Gpt2Family.Read,
        ["GPTJForCausalLM"] = GptJFamily.Read,
    };

    /// <summary>Names of the known architectures.</summary>
    public static IReadOnlyCollection<string> Known => Readers.Keys;

    /// <summary>Reads the shape of a decoder.</summary>
    /// <param name="path">Name of the file, for errors.</param>
    /// <param name="utf8">Content of <c>config.json</c>.</param>
    /// <exception cref="CheckpointException">The file is damaged, or of an architecture that is not known.</exception>
    public static DecoderConfig Read(string path, ReadOnlyMemory<byte> utf8)
    {
        var json = new FamilyJson(path, CheckpointJson.Parse(path, utf8));
        string architecture = json.Architecture;
        if (!Readers.TryGetValue(architecture, out Func<FamilyJson, DecoderConfig>? read))
        {
            throw new CheckpointException(path, $"architecture {architecture}", $"a decoder of one of {string.Join(", ", Known)}",
                EncoderFamilies.Known.Contains(architecture)
                    ? "This is an encoder, which writes no text: info, logits and activations of temper model take it, and temper tokenizer."
                    : "Models of this architecture are not computed here.");
        }

        json.RequireKnownPacking();
        DecoderConfig config = read(json);
        Check(path, config);
        return config;
    }

    private static void Check(string path, DecoderConfig config)
    {
        if (config.HeadSize < 1 || config.Heads % config.KeyValueHeads != 0 || config.RotarySize % 2 != 0 || config.RotarySize > config.HeadSize)
        {
            throw new CheckpointException(path,
                $"{config.Heads} heads, {config.KeyValueHeads} key-value heads of size {config.HeadSize}, of which {config.RotarySize} are rotated",
                "key-value heads that divide the heads, and an even number of rotated channels", "The configuration is damaged.");
        }

        if (config.RopeScaling is { Type: "longrope" } scaling
            && (scaling.ShortFactors.Count != config.RotarySize / 2 || scaling.LongFactors.Count != config.RotarySize / 2))
        {
            throw new CheckpointException(path, $"{scaling.ShortFactors.Count} short and {scaling.LongFactors.Count} long rotary factors",
                $"{config.RotarySize / 2} of each, one for each pair of channels", "The configuration is damaged.");
        }
    }
}
