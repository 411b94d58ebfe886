using System.Text.Json;
using Temperament.Methods.Adapters;
using Temperament.Models;
using Temperament.Models.Checkpoints;
using Temperament.Models.Decoder;
using Temperament.Models.Encoders;
using Temperament.ModelTests.Support;
using Temperament.Tensors.Threading;

namespace Temperament.ModelTests.Methods;

/// <summary>The base of an adapter of the reference: a decoder, or an encoder with its classifier.</summary>
internal sealed class AdaptedModel : IDisposable
{
    private readonly ComputePool _pool = new(1);
    private readonly LanguageModel? _decoder;
    private readonly TextClassifier? _classifier;

    private AdaptedModel(string folder)
    {
        _classifier = folder.Contains("roberta", StringComparison.Ordinal) ? TextClassifier.Load(folder, _pool) : null;
        _decoder = _classifier is null ? LanguageModel.Load(ModelSource.Open(folder), _pool) : null;
    }

    public IAdapterBase Weights => _classifier is { } classifier ? classifier : _decoder!.Network.Weights;

    /// <summary>Opens the base that the reference names for an adapter.</summary>
    public static AdaptedModel Open(string adapter)
    {
        using JsonDocument expected = JsonDocument.Parse(File.ReadAllBytes(Oracles.Shared("oracles", "adapters", adapter, "expected.json")));
        return new AdaptedModel(Oracles.Shared(["oracles", .. expected.RootElement.GetProperty("base").GetString()!.Split('/')]));
    }

    public LoraAdapter Load(string folder) => _decoder is { } decoder ? AdapterFile.Load(folder, decoder.Network) : AdapterFile.Load(folder, Weights);

    public float[] Logits(int[] tokens)
    {
        if (_decoder is { } decoder)
        {
            return SmallLogits.Of(decoder.Network, tokens);
        }

        using var state = new EncoderState(keepsActivations: false);
        return _classifier!.Logits([new EncoderInput(tokens)], state).ToArray();
    }

    public void Dispose()
    {
        _decoder?.Dispose();
        _classifier?.Dispose();
        _pool.Dispose();
    }
}
