using Temperament.Models.Decoder;

namespace Temperament.Models.Checkpoints.Gguf;

/// <summary>
/// An architecture by the name that GGUF files give it, and what their writers and readers agree on without a word in the file.
/// https://github.com/ggml-org/llama.cpp/blob/master/gguf-py/gguf/constants.py
/// </summary>
/// <param name="Name">Name, which also begins the keys of the shape.</param>
/// <param name="Layout">Modules of the decoder.</param>
internal sealed record GgufArchitecture(string Name, DecoderLayout Layout)
{
    private static readonly Dictionary<string, GgufArchitecture> Known = new[]
    {
        new GgufArchitecture("llama", DecoderLayout.Llama) { RotatesPairs = true },
        new GgufArchitecture("qwen2", DecoderLayout.Llama),
        new GgufArchitecture("qwen3", DecoderLayout.Llama),
        new GgufArchitecture("gemma", DecoderLayout.Llama) { AddsOne = true },
        new GgufArchitecture("gemma2", DecoderLayout.Gemma2) { AddsOne = true, WindowPeriod = 2, Window = 4096, AttentionCap = 50, LogitCap = 30, LargestLayers = 46 },
        new GgufArchitecture("gemma3", DecoderLayout.Gemma2) { AddsOne = true, WindowPeriod = 6, Theta = 1_000_000, LargestLayers = 62 },
        new GgufArchitecture("phi3", DecoderLayout.Phi3),
        new GgufArchitecture("gpt2", DecoderLayout.Gpt2),
        new GgufArchitecture("gptj", DecoderLayout.GptJ),
    }.ToDictionary(architecture => architecture.Name, StringComparer.Ordinal);

    /// <summary>All names.</summary>
    public static IEnumerable<string> Names => Known.Keys;

    /// <summary>The rows of queries and keys stand so that neighbours are rotated, where Hugging Face rotates the two halves of a head.</summary>
    public bool RotatesPairs { get; private init; }

    /// <summary>Norms are stored as the factor 1 + w, where Hugging Face stores w.</summary>
    public bool AddsOne { get; private init; }

    /// <summary>Every block of this number has no window; 0 for windows in all blocks.</summary>
    public int WindowPeriod { get; private init; }

    /// <summary>Width of the windows where the file does not say; 0 for none.</summary>
    public int Window { get; private init; }

    /// <summary>Soft cap of the scores where the file does not say; 0 for none.</summary>
    public float AttentionCap { get; private init; }

    /// <summary>Soft cap of the logits where the file does not say; 0 for none.</summary>
    public float LogitCap { get; private init; }

    /// <summary>Base of the rotary frequencies where the file does not say.</summary>
    public double Theta { get; private init; } = 10_000;

    /// <summary>Blocks of the largest model, whose scores are divided by sqrt(C / H) and not by sqrt(D); 0 for none.</summary>
    public int LargestLayers { get; private init; }

    /// <summary>Whether norms have a shift, so that their epsilon has another key.</summary>
    public bool HasLayerNorm => Name is "gpt2" or "gptj";

    /// <summary>The architecture of a name; null for one that is not known.</summary>
    public static GgufArchitecture? Find(string name) => Known.GetValueOrDefault(name);

    /// <summary>The architecture that a decoder is written as. Mistral is Llama with windows.</summary>
    public static GgufArchitecture Of(DecoderConfig config) => Known[config.Family == "mistral" ? "llama" : config.Family];

    /// <summary>Whether a block has a window where the file does not say.</summary>
    public bool Slides(int layer) => WindowPeriod == 0 || layer % WindowPeriod < WindowPeriod - 1;

    /// <summary>Factor of the scores where the file does not say; null for 1 / sqrt(D).</summary>
    public double? AttentionScale(int layers, int hidden, int heads, int headSize) => LargestLayers == 0 ? null
        : 1 / Math.Sqrt(layers == LargestLayers ? hidden / heads : headSize);
}
